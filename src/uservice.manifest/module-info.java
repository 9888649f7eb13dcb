/// Writes deployment files from the configuration in force: [uservice.manifest] says which, and why they cannot point at a port
/// that is dead. The command is found by `java -m uservice manifest`; nothing else uses this module.
module uservice.manifest {
  requires uservice;

  uses uservice.Feature;

  provides uservice.cli.Command with uservice.manifest.ManifestCommand;
}
