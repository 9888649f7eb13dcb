/// Kafka, from its protocol up.
///
/// Reading order: `BytesReader`, `BytesWriter` (what numbers, texts and lists look like), `Api` (what is asked, in which versions), `ErrorCode`
/// (a broker's no), [KafkaException], `Target` (what a URI says), `Node`, `Broker` (one connection), `Metadata`, `Cluster` (who leads what, and a
/// connection to each).
package uservice.kafka;
