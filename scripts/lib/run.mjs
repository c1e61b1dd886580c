import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** npm is a .cmd file on Windows, which only a shell can start. */
const needsShell = process.platform === 'win32';
/** How a terminal, npm or a service manager ends a command. A terminal also sends it to the child; children allow for that. */
const ENDING_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
/** How often to check whether npm is still there. Milliseconds. */
const PARENT_CHECK_MS = 500;

/** A command that ended badly, and has told why by itself. */
export class CommandEnded extends Error {}

let endedBy;

/**
 * Runs a command to its end, and ends it with this process. Once a signal has arrived, no further command is started.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @throws {CommandEnded} when the command ends with another code than 0, or was not started any more
 */
export async function run(command, args, options = {}) {
	const line = `"${command} ${args.join(' ')}"`;
	if (endedBy) throw new CommandEnded(`${line} wasn't started because of ${endedBy}`);
	const child = spawn(command, args, { stdio: 'inherit', shell: needsShell, ...options });
	const forward = (signal) => {
		endedBy = signal;
		child.kill(signal);
	};
	for (const signal of ENDING_SIGNALS) process.on(signal, forward);
	const stopWatching = watchParent(() => forward('SIGTERM'));
	const [code, signal] = await once(child, 'exit').finally(() => {
		stopWatching();
		for (const signal of ENDING_SIGNALS) process.off(signal, forward);
	});
	if (code !== 0) throw new CommandEnded(`${line} ended with ${signal ?? `code ${code}`}`);
}

/** npm can be ended without a signal to this process, by kill -9, and nothing would end this one then. */
function watchParent(onGone) {
	if (process.env.npm_lifecycle_event === undefined) return () => {};
	const parent = process.ppid;
	const timer = setInterval(() => {
		if (process.ppid === parent) return;
		clearInterval(timer);
		onGone();
	}, PARENT_CHECK_MS);
	return () => clearInterval(timer);
}

/** Ends a script with one sentence instead of a stack trace, or with none where the command said it already. */
export function fail(error) {
	if (!(error instanceof CommandEnded))
		process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
	process.exit(1);
}
