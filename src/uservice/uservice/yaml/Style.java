package uservice.yaml;

/// How a scalar is written (YAML 1.2.2, sections 7.3 and 8.1). Only plain ones have a type; all others are strings.
public enum Style { PLAIN, SINGLE_QUOTED, DOUBLE_QUOTED, LITERAL, FOLDED }
