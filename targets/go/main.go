// Go: each line of standard input goes to every client of /events (SSE) and /ws (WebSocket).
package main

import (
	"bufio"
	"log"
	"net"
	"net/http"
	"os"
)

var ticks = newHub()

func main() {
	port := os.Getenv("PORT")
	if len(os.Args) > 1 {
		port = os.Args[1]
	}
	http.HandleFunc("/events", events)
	http.HandleFunc("/ws", webSocket)
	go func() { log.Fatal(http.ListenAndServe(net.JoinHostPort("127.0.0.1", port), nil)) }()
	for lines := bufio.NewReader(os.Stdin); ; {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		ticks.sendAll(line[:len(line)-1])
	}
}
