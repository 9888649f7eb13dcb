package uservice.manifest;

/// A file: its path below the folder that the kind is written to, and its text.
record Written(String path, String text) {}
