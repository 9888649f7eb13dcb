package uservice.kafka;

import module java.base;

/// What a broker can be asked, as the protocol names it, and the versions that are spoken here: the newest that both know is taken.
///
/// All of them are of the old encoding, without tagged fields: each has a version that every broker from 2.1 to 4.x takes.
enum Api {
  PRODUCE(0, 7, 7),
  FETCH(1, 4, 4),
  LIST_OFFSETS(2, 1, 1),
  METADATA(3, 4, 4),
  OFFSET_COMMIT(8, 2, 7),
  OFFSET_FETCH(9, 1, 1),
  FIND_COORDINATOR(10, 1, 1),
  JOIN_GROUP(11, 2, 5),
  HEARTBEAT(12, 1, 3),
  LEAVE_GROUP(13, 1, 3),
  SYNC_GROUP(14, 1, 3),
  SASL_HANDSHAKE(17, 1, 1),
  API_VERSIONS(18, 0, 0),
  CREATE_TOPICS(19, 2, 4),
  INIT_PRODUCER_ID(22, 0, 1),
  SASL_AUTHENTICATE(36, 0, 1);

  private final int key;
  private final int least;
  private final int most;
  private final String text;

  Api(int key, int least, int most) {
    this.key = key;
    this.least = least;
    this.most = most;
    var text = new StringBuilder();
    for (String word : name().split("_")) {
      text.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
    }
    this.text = text.toString();
  }

  int key() { return key; }

  /// The oldest version spoken here.
  int least() { return least; }

  /// The newest version spoken here.
  int most() { return most; }

  /// As the protocol's own documents write it: `JoinGroup`.
  @Override public String toString() { return text; }
}
