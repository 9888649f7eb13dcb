/// The audit: what the jars, the runtime and the image hold, who needs whom, and what must not be there.
///
/// Reading order: [audit.Audit] (the options, and what is looked at in which order), `Item` (one file, wherever it lies),
/// `Jars` and `Linked` and `Image` (the three things that are read), `Tar` (layers), `Rules` and `Secrets` (what is refused),
/// `Bill` and `Provenance` (the statements for machines), `Report`.
///
/// It is a step of the build: it runs on the JDK that builds, uses that JDK's own `jdeps` and `jimage`, and is not in the image.
///
/// ## Why
///
/// - *A program, not a pile of greps.* Modes and owners stand in the tar headers of the layers, not on the disk of whoever looks, and JSON
///   wants an escape or two.
/// - *The same bytes each time.* Statements are dated by the build's own date, and serial numbers are made from the content, so that
///   two auditors compare files, not readings.
package audit;
