package uservice.queue;

/// A job on the dead-letter list: how often it was tried, and why the last attempt came to nothing.
public record DeadJob(Job job, int attempts, String reason) {}
