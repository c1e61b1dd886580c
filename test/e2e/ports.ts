import { connect, createServer, type AddressInfo } from 'node:net';

/** What answers there already would be taken for the n8n that is started. @throws Error when something listens on the port */
export async function requireFree(port: number): Promise<void> {
	const isTaken = await new Promise<boolean>((resolve) => {
		const socket = connect({ port, host: 'localhost' });
		const end = (answer: boolean) => {
			socket.destroy();
			resolve(answer);
		};
		socket.once('connect', () => end(true));
		socket.once('error', () => end(false));
	});
	if (isTaken) throw new Error(`Port ${port} is in use. Choose another one: N8N_PORT=${port + 1} npm run n8n`);
}

/** A port that nothing listens on. */
export async function freePort(): Promise<number> {
	const probe = createServer();
	await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
	const { port } = probe.address() as AddressInfo;
	await new Promise((resolve) => probe.close(resolve));
	return port;
}
