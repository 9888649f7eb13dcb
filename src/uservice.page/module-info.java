/// The status page: what the service does and how it is, for people, at `/` of the health port. Where this module is on the
/// module path it is there; `health.page: false` leaves it out. Read [uservice.page], then `StatusPage`, `Status`, `History`.
module uservice.page {
  requires uservice;

  provides uservice.AdminPage with uservice.page.StatusPage;
}
