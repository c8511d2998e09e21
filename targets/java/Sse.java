// Server-Sent Events with the JDK alone: each line of standard input goes to every client of /events.
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.*;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.*;

public class Sse {
    /** A thread for each client, with what it has yet to send. */
    static final Map<Thread, BlockingQueue<byte[]>> clients = new ConcurrentHashMap<>();

    public static void main(String[] args) throws IOException {
        System.setProperty("sun.net.httpserver.nodelay", "true"); // else ticks wait for the client's system to confirm the last
        int port = Integer.parseInt(args.length > 0 ? args[0] : System.getenv("PORT"));
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 4096);
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/events", Sse::serve);
        server.start();
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line; (line = lines.readLine()) != null; ) {
            byte[] event = ("data: " + line + "\n\n").getBytes(StandardCharsets.UTF_8);
            clients.forEach((client, unsent) -> {
                if (!unsent.offer(event)) client.interrupt(); // too far behind: this closes its connection
            });
        }
        System.exit(0);
    }

    static void serve(HttpExchange exchange) throws IOException {
        BlockingQueue<byte[]> unsent = new ArrayBlockingQueue<>(256);
        exchange.getResponseHeaders().set("content-type", "text/event-stream");
        exchange.getResponseHeaders().set("cache-control", "no-store");
        clients.put(Thread.currentThread(), unsent);
        exchange.sendResponseHeaders(200, 0); // and a body in chunks, for as long as it likes
        try (exchange; OutputStream body = exchange.getResponseBody()) {
            for (body.flush(); ; body.flush()) body.write(unsent.take());
        } catch (InterruptedException tooSlow) {
        } finally {
            clients.remove(Thread.currentThread());
        }
    }
}
