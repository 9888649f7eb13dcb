package uservice;

import module java.base;

/// A page for people on the health port, which a module adds.
///
/// A module that `provides uservice.AdminPage with …` is found by itself; `health.page: false` leaves all of them out.
public interface AdminPage {
  /// What it is called where its link is printed, in one word.
  String name();

  /// The path that its link leads to.
  String path();

  /// Adds routes to `service.admin()`, and reads from `service` what the page shows. Called once, before the health port opens
  /// and the features start, so it must be quick.
  void open(Service service);
}
