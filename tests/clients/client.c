/* A program with probes, a counter and an orderly stop, by the control port of a uservice beside it or above it. Sockets and the C library. */
#define _POSIX_C_SOURCE 200809L
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t stopping;
static char host[256] = "127.0.0.1", port[16] = "8078";

static void on_term(int signal) {
  (void)signal;
  stopping = 1;
}

static void pause_millis(long millis) {
  struct timespec time = {millis / 1000, millis % 1000 * 1000000};
  nanosleep(&time, NULL);
}

/* Sends one request on a connection of its own; returns the status, or -1, and leaves the answer in `answer`. */
static int control(const char *method, const char *path, const char *body, char *answer, size_t size) {
  struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *there;
  if (getaddrinfo(host, port, &hints, &there) != 0) {
    return -1;
  }
  int connection = socket(there->ai_family, there->ai_socktype, there->ai_protocol);
  int status = -1;
  if (connection >= 0 && connect(connection, there->ai_addr, there->ai_addrlen) == 0) {
    char request[2048];
    const char *token = getenv("USERVICE_CONTROL_TOKEN");
    int length = snprintf(request, sizeof request, "%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n%s%s%sContent-Length: %zu\r\n\r\n%s", method, path, host,
                          token ? "Authorization: Bearer " : "", token ? token : "", token ? "\r\n" : "", strlen(body), body);
    size_t filled = 0;
    if (length > 0 && (size_t)length < sizeof request && write(connection, request, (size_t)length) == length) {
      ssize_t count;
      while (filled < size - 1 && (count = read(connection, answer + filled, size - 1 - filled)) > 0) {
        filled += (size_t)count;
      }
      answer[filled] = 0;
      sscanf(answer, "HTTP/1.%*c %d", &status);
    }
  }
  if (connection >= 0) {
    close(connection);
  }
  freeaddrinfo(there);
  return status;
}

static void expect(const char *method, const char *path, const char *body) {
  char answer[4096] = "no answer";
  int status = control(method, path, body, answer, sizeof answer);
  if (status < 200 || status > 299) {
    fprintf(stderr, "%s %s: %s\n", method, path, answer);
    exit(1);
  }
}

static void *await_stop(void *unused) {
  char answer[4096];
  while (!stopping) {
    if (control("GET", "/shutdown?wait=30s", "", answer, sizeof answer) != 200) {
      pause_millis(1000); /* not there for the moment */
    } else if (strstr(answer, "\"stopping\":true")) {
      stopping = 1;
    }
  }
  return unused;
}

int main(void) {
  const char *base = getenv("USERVICE_CONTROL");
  if (base && sscanf(base, "http://%255[^:]:%15[0-9]", host, port) != 2) {
    fprintf(stderr, "USERVICE_CONTROL is '%s', must be http://HOST:PORT\n", base);
    return 2;
  }
  struct sigaction action = {.sa_handler = on_term};
  sigaction(SIGTERM, &action, NULL);
  signal(SIGPIPE, SIG_IGN);
  expect("PUT", "/checks/loop", "{\"for\":[\"alive\"],\"ttl\":\"2s\"}"); /* must be kicked every 2 seconds */
  expect("PUT", "/checks/work", "{\"for\":[\"ready\"]}");
  pthread_t waiter;
  if (pthread_create(&waiter, NULL, await_stop, NULL) != 0) {
    return 1;
  }
  while (!stopping) {
    expect("POST", "/checks/loop/kick", "");
    expect("POST", "/metrics", "{\"name\":\"work_done_total\",\"help\":\"Work done.\",\"add\":1}");
    pause_millis(300); /* here the work is done */
  }
  expect("POST", "/checks/work/disable", "{\"message\":\"draining\"}");
  puts("drained");
  return 0;
}
