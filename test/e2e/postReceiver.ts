import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Stands in for a service that people post to: it keeps the body of each call. */
export class PostReceiver {
	readonly bodies: Buffer[] = [];
	url = '';

	private readonly server: Server = createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			this.bodies.push(Buffer.concat(chunks));
			response.writeHead(200, { 'content-type': 'application/json' }).end('{"posted":true}');
		});
	});

	async start(): Promise<this> {
		await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
		this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/posts`;
		return this;
	}

	async stop(): Promise<void> {
		this.server.closeAllConnections();
		await new Promise((resolve) => this.server.close(resolve));
	}
}
