/// The sample web service: a greeting, and a counter that stops at a limit. Read [uservice.hello.Hello]: it is all there is,
/// and what a feature of one's own looks like.
module uservice.hello {
  requires transitive uservice;

  exports uservice.hello;

  provides uservice.Feature with uservice.hello.Hello;
}
