/// Hello world as a service that loses nothing: clients submit it, a queue keeps it, workers print it.
///
/// In reading order: [uservice.hwaas] (what is promised), [uservice.hwaas.HwaasCommand] (the command line),
/// [uservice.hwaas.Hwaas] (where everything is wired), then `Clients`, `Workers`, `Output`.
module uservice.hwaas {
  requires transitive uservice;

  exports uservice.hwaas;

  provides uservice.Feature with uservice.hwaas.Hwaas;
  provides uservice.cli.Command with uservice.hwaas.HwaasCommand;
}
