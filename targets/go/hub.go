package main

import "sync"

// A hub has a channel for each client.
type hub struct {
	mutex   sync.Mutex
	clients map[chan []byte]bool
}

func newHub() *hub { return &hub{clients: map[chan []byte]bool{}} }

func (h *hub) join() chan []byte {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	client := make(chan []byte, 256)
	h.clients[client] = true
	return client
}

// leave closes the channel, unless that has been done.
func (h *hub) leave(client chan []byte) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	if h.clients[client] {
		delete(h.clients, client)
		close(client)
	}
}

func (h *hub) sendAll(line []byte) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	for client := range h.clients {
		select {
		case client <- line:
		default: // too far behind: it is cut
			delete(h.clients, client)
			close(client)
		}
	}
}
