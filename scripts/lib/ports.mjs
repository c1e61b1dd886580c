import { connect } from 'node:net';

/**
 * Reads the ports of a command from the environment, and checks them before anything is installed or packed.
 *
 * @param {Record<string, number>} defaults the port of each variable where it is not set
 * @param {string} command for the message, such as "npm run n8n"
 * @returns {Promise<Record<string, string>>} the ports by their variables
 * @throws {Error} naming the variable whose value is no port, or is in use
 */
export async function readPorts(defaults, command) {
	const ports = Object.entries(defaults).map(([name, fallback]) => [name, portOf(name, fallback)]);
	const [[first, port], ...others] = ports;
	const twin = others.find(([, other]) => other === port);
	if (twin) throw new Error(`${first} and ${twin[0]} must be different ports, not both ${port}`);
	for (const [name, number] of ports)
		if (await isInUse(number)) {
			const kept = ports.filter(([other]) => other !== name && process.env[other]?.trim());
			const settings = [...kept, [name, number + 1]].map((setting) => setting.join('='));
			throw new Error(`Port ${number} is in use. Choose another one: ${settings.join(' ')} ${command}`);
		}
	return Object.fromEntries(ports.map(([name, number]) => [name, String(number)]));
}

function portOf(name, fallback) {
	const text = process.env[name] ?? '';
	if (text.trim() === '') return fallback;
	const port = Number(text);
	if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
	throw new Error(`${name} must be a port number from 1 to 65535, not "${text}"`);
}

/** What answers there would be taken for what is started. */
async function isInUse(port) {
	const answers = await Promise.all(
		['127.0.0.1', '::1'].map(
			async (host) =>
				await new Promise((resolve) => {
					const socket = connect({ port, host });
					const end = (answer) => {
						socket.destroy();
						resolve(answer);
					};
					socket.once('connect', () => end(true));
					socket.once('error', () => end(false));
				}),
		),
	);
	return answers.includes(true);
}
