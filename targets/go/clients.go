package main

import (
	"fmt"
	"net/http"

	"github.com/coder/websocket"
)

func events(w http.ResponseWriter, r *http.Request) {
	lines := ticks.join()
	defer ticks.leave(lines)
	go func() { <-r.Context().Done(); ticks.leave(lines) }() // the client is gone
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.(http.Flusher).Flush() // else the head waits for the first tick
	for line := range lines {
		fmt.Fprintf(w, "data: %s\n\n", line)
		w.(http.Flusher).Flush()
	}
}

func webSocket(w http.ResponseWriter, r *http.Request) {
	lines := ticks.join()
	defer ticks.leave(lines)
	conn, err := websocket.Accept(w, r, nil)
	if err != nil {
		return // it has been answered
	}
	defer conn.CloseNow()
	ctx := conn.CloseRead(r.Context()) // answers pings, and ends when the client is gone
	go func() { <-ctx.Done(); ticks.leave(lines) }()
	for line := range lines {
		if conn.Write(ctx, websocket.MessageText, line) != nil {
			return
		}
	}
}
