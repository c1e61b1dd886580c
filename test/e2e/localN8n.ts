import { credentialFor } from '../simulator/accounts';
import { Simulator } from '../simulator/simulator';
import { N8nRest, type StoredCredential } from './n8nRest';
import { N8nServer } from './n8nServer';

/** A credential for the simulator, stored in an n8n. */
export const storeCredential = async (rest: N8nRest, simulator: Simulator): Promise<StoredCredential> =>
	await rest.createCredential('RunComfy account', credentialFor(simulator.url));

/** A real n8n with the packed package and a credential, and the simulator that it leads to. */
export class LocalN8n {
	private constructor(
		readonly simulator: Simulator,
		private process: N8nServer,
		readonly rest: N8nRest,
		readonly credential: StoredCredential,
	) {}

	/** @param env further settings of n8n. @throws Error with the end of n8n's log when it does not come up */
	static async start(env: NodeJS.ProcessEnv = {}): Promise<LocalN8n> {
		const simulator = await new Simulator().start();
		try {
			const server = await N8nServer.start({ env });
			const rest = await N8nRest.login(server.url);
			return new LocalN8n(simulator, server, rest, await storeCredential(rest, simulator));
		} catch (error) {
			await simulator.stop();
			throw error;
		}
	}

	/** The process of n8n; another one after a restart. */
	get server(): N8nServer {
		return this.process;
	}

	/** Starts n8n again, with its data and at its address, after it was ended. */
	async restart(): Promise<void> {
		const { userFolder, url } = this.process;
		this.process = await N8nServer.start({ userFolder, port: Number(new URL(url).port), installs: false });
	}

	/** Ends both, and removes n8n's data. */
	async stop(): Promise<void> {
		await this.process.destroyQuietly();
		await this.simulator.stop();
	}
}
