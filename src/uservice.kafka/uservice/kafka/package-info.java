/// Kafka, from its protocol up.
///
/// Reading order: `BytesReader`, `BytesWriter` (what numbers, texts and lists look like), `Api` (what is asked, in which versions), `ErrorCode`
/// (a broker's no), [KafkaException].
package uservice.kafka;
