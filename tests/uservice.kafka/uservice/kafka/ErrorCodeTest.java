package uservice.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import module java.base;
import org.junit.jupiter.api.Test;

final class ErrorCodeTest {
  @Test void saysEachInASentenceOfItsOwn() {
    var sentences = new HashSet<String>();
    for (ErrorCode code : ErrorCode.values()) {
      assertTrue(code.sentence().length() > 5 && !code.sentence().endsWith("."), code.name());
      assertTrue(sentences.add(code.sentence()) || code == ErrorCode.PRODUCER_FENCED, code.name()); // the newer name of INVALID_PRODUCER_EPOCH
      assertEquals(code, ErrorCode.of(code.number()));
    }
  }

  @Test void admitsThatItDoesNotKnowANumber() {
    assertEquals(ErrorCode.UNLISTED, ErrorCode.of(31_000));
    assertEquals(ErrorCode.UNLISTED, ErrorCode.of(-2));
    assertEquals(ErrorCode.UNKNOWN_SERVER_ERROR, ErrorCode.of(-1));
    assertTrue(KafkaException.of("x", ErrorCode.of(31_000)).mayHaveRun());
  }

  @Test void knowsWhatIsWorthAskingAgain() {
    assertTrue(ErrorCode.NOT_LEADER_OR_FOLLOWER.retriable());
    assertTrue(ErrorCode.NOT_COORDINATOR.retriable());
    assertTrue(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS.retriable());
    assertTrue(ErrorCode.REBALANCE_IN_PROGRESS.retriable());
    assertFalse(ErrorCode.TOPIC_AUTHORIZATION_FAILED.retriable());
    assertFalse(ErrorCode.MESSAGE_TOO_LARGE.retriable());
  }

  @Test void saysWhetherItMayHaveBeenDone() {
    assertFalse(KafkaException.of("x", ErrorCode.NOT_LEADER_OR_FOLLOWER).mayHaveRun());
    assertTrue(KafkaException.of("x", ErrorCode.REQUEST_TIMED_OUT).mayHaveRun());
    assertFalse(KafkaException.unreachable("x", null).mayHaveRun());
    assertTrue(KafkaException.unanswered("x", null).mayHaveRun());
    KafkaException again = KafkaException.of("topic 'a'", ErrorCode.MESSAGE_TOO_LARGE).again();
    assertEquals("topic 'a': the record is larger than the topic's max.message.bytes (MESSAGE_TOO_LARGE)", again.getMessage());
    assertEquals(ErrorCode.MESSAGE_TOO_LARGE, again.code());
    assertFalse(again.retriable());
  }

  @Test void namesApisAsTheProtocolDoes() {
    assertEquals("InitProducerId", Api.INIT_PRODUCER_ID.toString());
    assertEquals(36, Api.SASL_AUTHENTICATE.key());
    for (Api api : Api.values()) {
      assertTrue(api.least() <= api.most() && api.least() >= 0, api.toString());
    }
  }
}
