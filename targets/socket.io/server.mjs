// Socket.IO: each line of standard input goes to every client as an event, `tick`.
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { Server } from 'socket.io';

const http = createServer();
const io = new Server(http, { transports: ['websocket'], serveClient: false });
http.listen({ host: '127.0.0.1', port: Number(process.argv[2] ?? process.env.PORT), backlog: 4096 });

// Who reads too slowly answers no ping and is cut by Socket.IO, after 45 s at most.
for await (const line of createInterface({ input: process.stdin })) io.emit('tick', line);
process.exit();
