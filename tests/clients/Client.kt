// A program with probes, a counter and an orderly stop, by the jar itself: no port between, since it is in the same process.
//
//     kotlinc -jvm-target 25 -cp build/modules/uservice.jar Client.kt -include-runtime -d client.jar
//     java -cp client.jar:build/modules/uservice.jar ClientKt
import java.time.Duration
import kotlin.concurrent.thread
import kotlin.system.exitProcess
import uservice.Feature
import uservice.Service
import uservice.Uservice
import uservice.health.Checks.kickedWithin
import uservice.health.Checks.manual

@JvmRecord
data class Config(val pause: Duration?)

class Client : Feature<Config> {
  override fun section() = "client"

  override fun config(): Class<Config> = Config::class.java

  override fun start(service: Service, config: Config) {
    val loop = service.health().alive("loop", kickedWithin(Duration.ofSeconds(2)))
    service.health().ready("work", manual(true))
    val done = service.metrics().counter("work_done_total", "Work done.")
    val worker = thread {
      do {
        loop.kick()
        done.increment()
      } while (!service.awaitStop(Duration.ofMillis(300))) // here the work is done
    }
    service.onStop("drain", Duration.ofSeconds(5)) {
      worker.join()
      println("drained")
    }
  }
}

fun main() {
  val port = System.getenv("HEALTH_PORT") ?: "8079"
  exitProcess(Uservice.run(arrayOf("start", "--set", "health.port=$port", "--set", "shutdown.delay=0s", "--set", "client.pause=1s"), Client()))
}
