import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** npm is a .cmd file on Windows, which only a shell can start. */
const needsShell = process.platform === 'win32';

/** A command that ended badly, and has told why by itself. */
export class CommandEnded extends Error {}

/**
 * Runs a command to its end.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @throws {CommandEnded} when the command ends with another code than 0
 */
export async function run(command, args, options = {}) {
	const child = spawn(command, args, { stdio: 'inherit', shell: needsShell, ...options });
	const forward = (signal) => child.kill(signal);
	process.on('SIGTERM', forward);
	// Ctrl+C reaches the child by itself; this process only has to outlive it.
	const outlive = () => {};
	process.on('SIGINT', outlive);
	const [code, signal] = await once(child, 'exit').finally(() => {
		process.off('SIGTERM', forward);
		process.off('SIGINT', outlive);
	});
	if (code !== 0) {
		throw new CommandEnded(`"${command} ${args.join(' ')}" ended with ${signal ?? `code ${code}`}`);
	}
}

/** Ends a script with one sentence instead of a stack trace, or with none where the command said it already. */
export function fail(error) {
	if (!(error instanceof CommandEnded))
		process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
	process.exit(1);
}
