package uservice.page;

import module java.base;
import uservice.health.Detail;
import uservice.health.Probe;

/// One check as the page shows it, whichever probes it counts for: invalid where it is so for any of them.
record Standing(Detail detail, Set<Probe> probes) {
  Standing and(Detail other, Probe probe) {
    var more = EnumSet.copyOf(probes);
    more.add(probe);
    return new Standing(detail.valid() ? other : detail, more);
  }
}
