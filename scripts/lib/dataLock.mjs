/** Two n8n with the same data would destroy each other's package and database. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Marks a folder with n8n's data as in use until this process ends.
 *
 * @param {string} folder
 * @returns {string} the lock file, to which processes that use the data add their id, one a line
 * @throws {Error} when a process that uses the data is still there
 */
export function lockData(folder) {
	const file = join(folder, 'in-use');
	mkdirSync(folder, { recursive: true });
	const holder = readIds(file).find(isRunning);
	if (holder !== undefined)
		throw new Error(
			`n8n already runs with the data in ${folder} (process ${holder}). Stop it first, or use another data folder: RUNCOMFY_N8N_DATA=<folder>`,
		);
	rmSync(file, { force: true });
	// Where two start in the same moment, only one creates the file.
	writeFileSync(file, `${process.pid}\n`, { flag: 'wx' });
	process.once('exit', () => {
		const isLast = !readIds(file).some((id) => id !== process.pid && isRunning(id));
		if (isLast) rmSync(file, { force: true });
	});
	return file;
}

function readIds(file) {
	try {
		return readFileSync(file, 'utf8').split('\n').filter(Boolean).map(Number);
	} catch {
		return [];
	}
}

function isRunning(id) {
	try {
		process.kill(id, 0);
		return true;
	} catch (error) {
		return error.code === 'EPERM';
	}
}
