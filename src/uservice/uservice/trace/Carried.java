package uservice.trace;

/// What rides along with a context from call to call, unread.
///
/// @param baggage the `baggage`, or empty
/// @param requestId the `x-request-id`, or empty
/// @param b3 the form of the B3 headers that the context came in
/// @param decision what was decided about recording
record Carried(String baggage, String requestId, Form b3, Decision decision) {
  static final Carried NOTHING = new Carried("", "", Form.NONE, Decision.MADE);

  /// How B3 came.
  enum Form { NONE, SINGLE, MULTI }

  /// Whether the trace is recorded.
  enum Decision {
    /// The context's flag says it.
    MADE,
    /// Nobody has decided yet: whoever records first does.
    OPEN,
    /// Not, whatever the ids will be.
    NO,
    /// Yes, whatever the ids will be.
    YES,
    /// Yes, by everybody, whatever it costs.
    DEBUG
  }

  Carried with(Form form, Decision decision) {
    return new Carried(baggage, requestId, form, decision);
  }

  /// The same once somebody has decided by the context's flag.
  Carried decided() {
    return decision == Decision.MADE || decision == Decision.DEBUG ? this : with(b3, Decision.MADE);
  }
}
