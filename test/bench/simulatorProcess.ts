import axios from 'axios';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import type { Plan, SimulatedRequest } from '../simulator/requests';
import type { ReceivedCall } from '../simulator/simulator';
import { endWithThisProcess } from './children';

/** An accepted request as the simulator reports it to other processes. */
export type ReportedRequest = Omit<SimulatedRequest, 'model'> & { model: string };

/** The simulator in a process of its own, so that what it costs is not measured. */
export class SimulatorProcess {
	private constructor(
		readonly url: string,
		private readonly child: ChildProcess,
	) {}

	/** @param runSeconds how long each request runs, without a queue */
	static async start(runSeconds: number): Promise<SimulatorProcess> {
		const main = join(__dirname, '..', 'simulator', 'main.ts');
		const args = [
			'--import',
			'tsx',
			main,
			'--port',
			'0',
			'--queue-seconds',
			'0',
			'--run-seconds',
			String(runSeconds),
		];
		const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
		endWithThisProcess(child);
		const lines = createInterface({ input: child.stdout });
		const [line] = (await once(lines, 'line')) as [string];
		// The calls that it lists are of no interest, and have to be read all the same.
		lines.on('line', () => {});
		const url = /http:\/\/[\w.:]+/.exec(line)?.[0];
		if (url === undefined) throw new Error(`The simulator did not start: ${line}`);
		return new SimulatorProcess(url, child);
	}

	async plan(plan: Partial<Plan>): Promise<void> {
		await axios.post(`${this.url}/_simulator/plans`, plan);
	}

	/** Replaces how all requests go that have no plan of their own. */
	async planAll(runSeconds: number, output: Record<string, string>): Promise<void> {
		const plan: Plan = { queueMs: 0, runMs: runSeconds * 1000, outcome: 'succeeded', reason: '', output };
		await axios.post(`${this.url}/_simulator/settings`, { plan });
	}

	async received(): Promise<ReceivedCall[]> {
		return (await axios.get<ReceivedCall[]>(`${this.url}/_simulator/received`)).data;
	}

	async requests(): Promise<ReportedRequest[]> {
		return (await axios.get<ReportedRequest[]>(`${this.url}/_simulator/requests`)).data;
	}

	async stop(): Promise<void> {
		this.child.kill('SIGTERM');
		if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'exit');
	}
}
