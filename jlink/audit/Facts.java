package audit;

import module java.base;
import uservice.json.Json;

/// Everything that was read, for those who write about it.
///
/// @param jdk what the JDK's `release` file says
/// @param jdkModules SHA-256 of the JDK's own `lib/modules`
/// @param revision the commit that was built, where that is known
record Facts(String version, String date, Jars jars, Optional<Linked> linked, Optional<Image> image, Map<String, String> jdk, String jdkModules,
    Optional<String> revision) {

  String release(String key) {
    return jdk.getOrDefault(key, "unknown");
  }

  /// The modules of the JDK that the jars need.
  SortedSet<String> jdkModuleNames() {
    var names = new TreeSet<String>();
    jars.requires().values().forEach(required -> Jars.names(required).filter(name -> !jars.requires().containsKey(name)).forEach(names::add));
    return names;
  }

  static Map<String, Object> ordered(Object... pairs) {
    var map = new LinkedHashMap<String, Object>();
    for (int i = 0; i < pairs.length; i += 2) {
      map.put((String) pairs[i], pairs[i + 1]);
    }
    return map;
  }

  static String json(Map<String, Object> document) {
    return Json.of(document).toString();
  }
}
