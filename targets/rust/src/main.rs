//! axum: each line of standard input goes to every client of /events (SSE) and /ws (WebSocket).
use axum::extract::{State, WebSocketUpgrade, ws::Message, ws::Utf8Bytes};
use axum::response::{IntoResponse, Response, sse::Event, sse::Sse};
use axum::{Router, http::header, routing::get, serve::ListenerExt};
use tokio::io::{AsyncBufReadExt, BufReader, stdin};
use tokio::{net::TcpListener, sync::broadcast};
use tokio_stream::{StreamExt, wrappers::BroadcastStream};

type Ticks = broadcast::Sender<Utf8Bytes>;

async fn events(State(ticks): State<Ticks>) -> impl IntoResponse {
    // To have fallen too far behind is an error here, which ends the stream.
    let events = BroadcastStream::new(ticks.subscribe()).map(|line| line.map(|line| Event::default().data(line.as_str())));
    ([(header::CACHE_CONTROL, "no-store")], Sse::new(events))
}

async fn websocket(State(ticks): State<Ticks>, upgrade: WebSocketUpgrade) -> Response {
    let mut lines = ticks.subscribe();
    upgrade.on_upgrade(async move |mut socket| {
        while tokio::select! {
            line = lines.recv() => match line {
                Ok(line) => socket.send(Message::Text(line)).await.is_ok(),
                Err(_) => false, // too far behind
            },
            message = socket.recv() => matches!(message, Some(Ok(_))), // reading answers pings, and tells the end
        } {}
    })
}

#[tokio::main]
async fn main() {
    let port = std::env::args().nth(1).or(std::env::var("PORT").ok()).expect("a port as argument or in PORT");
    let (ticks, _) = broadcast::channel(256);
    let routes = Router::new().route("/events", get(events)).route("/ws", get(websocket)).with_state(ticks.clone());
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).await.expect("a free port");
    let listener = listener.tap_io(|socket| _ = socket.set_nodelay(true));
    tokio::spawn(axum::serve(listener, routes).into_future());
    let mut lines = BufReader::new(stdin()).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        _ = ticks.send(line.into()); // an error only where nobody listens
    }
}
