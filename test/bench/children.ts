import type { ChildProcess } from 'node:child_process';

const children = new Set<ChildProcess>();

/** Ends a child process with this one, also when a signal reaches this process alone. */
export function endWithThisProcess(child: ChildProcess): void {
	if (children.size === 0 && process.listenerCount('exit', endAll) === 0) {
		process.on('exit', endAll);
		for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(1));
	}
	children.add(child);
	child.once('exit', () => children.delete(child));
}

function endAll(): void {
	for (const child of children) child.kill('SIGTERM');
}
