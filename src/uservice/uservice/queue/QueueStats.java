package uservice.queue;

import module java.base;

/// A queue in figures. The first four are of the whole queue, the other two are counted by this handle since it was opened.
///
/// @param depth jobs that wait to be claimed, failed ones that rest included
/// @param pending jobs claimed and not acknowledged
/// @param dead jobs on the dead-letter list
/// @param oldestAge how long the job that waits at the head has been in the queue; zero where none waits
/// @param redelivered deliveries that were not the first of their job
/// @param duplicates jobs submitted whose id was known
public record QueueStats(long depth, long pending, long dead, Duration oldestAge, long redelivered, long duplicates) {}
