import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.opensearch.common.settings.Settings;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;
import org.opensearch.plugins.Plugin;
import org.opensearch.transport.Netty4Plugin;

/** One node of OpenSearch on this machine: its folder and its port are the arguments. */
public class SearchNode extends Node {
  SearchNode(Settings settings) {
    super(
        InternalSettingsPreparer.prepareEnvironment(settings, Map.of(), null, () -> "holdfast"),
        List.of(Netty4Plugin.class),
        false);
  }

  public static void main(String[] arguments) throws Exception {
    Settings settings =
        Settings.builder()
            .put("path.home", arguments[0])
            .put("path.data", arguments[0] + "/data")
            .put("path.logs", arguments[0] + "/logs")
            .put("cluster.name", "holdfast-test")
            .put("discovery.type", "single-node")
            .put("network.host", "127.0.0.1")
            .put("http.port", arguments[1])
            .put("transport.port", "0")
            .put("http.type", "netty4")
            .put("transport.type", "netty4")
            .put("node.store.allow_mmap", "false")
            .build();
    SearchNode node = new SearchNode(settings);
    node.start();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> close(node)));
    System.out.println("started");
    new CountDownLatch(1).await();
  }

  private static void close(Node node) {
    try {
      node.close();
    } catch (Exception ignored) {
      // It ends anyway.
    }
  }
}
