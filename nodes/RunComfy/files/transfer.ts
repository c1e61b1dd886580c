import type { IExecuteFunctions } from 'n8n-workflow';

import { ExecutionStopped, throwAsIs } from '../shared/failure';
import { destroyQuietly, StreamRefused } from '../transport/openStream';
import { Checksum } from './checksum';
import { DownloadProblem } from '../shared/downloadProblem';
import { openFile, tooLarge, type DownloadRules, type OpenedFile } from './openFile';

/** How often a transfer may be interrupted and resumed. */
const MAX_RESUMES = 5;
const PAUSE_MS = 1_000;

/** A transfer that brings less than this many bytes in this time counts as stalled. Bytes, milliseconds. */
const MIN_BYTES = 64 * 1024;
const STALL_MS = 60_000;
/** The time limit of a transfer, however large the file is. Milliseconds. */
const MAX_TRANSFER_MS = 3 * 60 * 60_000;

/**
 * The bytes of one file as one stream, whatever happens to the connections below: when one is lost, the rest is
 * requested, and what can't be resumed with certainty fails. The stream ends without an error only when the file is
 * complete.
 */
export class Transfer {
	/** Why the transfer failed; undefined while it runs, and when its reader has stopped. */
	problem?: DownloadProblem;

	/** Bytes. */
	received = 0;

	private constructor(
		private readonly context: IExecuteFunctions,
		private readonly url: string,
		private readonly rules: DownloadRules,
		/** The first response, which describes the whole file. */
		readonly file: OpenedFile,
		private connection: Connection,
	) {}

	/** @throws DownloadProblem, StreamRefused */
	static async open(context: IExecuteFunctions, url: string, rules: DownloadRules): Promise<Transfer> {
		const connection = new Connection(rules);
		try {
			return new Transfer(
				context,
				url,
				rules,
				await openFile(context, url, rules, connection.signal),
				connection,
			);
		} catch (error) {
			connection.close();
			throwAsIs(toProblem(error, rules));
		}
	}

	private isClosed = false;

	/** Closes the connection without reading on. */
	close(): void {
		this.isClosed = true;
		destroyQuietly(this.file.body);
		this.connection.close();
	}

	/** @throws DownloadProblem, ExecutionStopped */
	async *chunks(): AsyncGenerator<Buffer> {
		const checksum = new Checksum(this.file.headers);
		const { clock } = this.rules;
		const end = clock.now() + MAX_TRANSFER_MS;
		try {
			let { body } = this.file;
			for (let breaks = 0; ; breaks++) {
				try {
					for await (const chunk of body) {
						this.received += chunk.length;
						this.connection.progress(chunk.length);
						if (this.received > this.rules.maxBytes) throw tooLarge(this.rules);
						if (clock.now() > end) throw new DownloadProblem("it didn't arrive within three hours");
						checksum.update(chunk);
						yield chunk;
					}
					if (this.isComplete(breaks)) break;
				} catch (error) {
					if (this.isClosed || this.rules.signal.aborted || error instanceof DownloadProblem)
						throwAsIs(toProblem(error, this.rules));
				}
				destroyQuietly(body);
				body = (await this.resume(breaks)).body;
			}
			if (this.received === 0) throw new DownloadProblem('it is empty', { isTransient: true });
			if (!this.wasDecompressed && !checksum.matches())
				throw new DownloadProblem("its bytes don't match the checksum from its server", { isTransient: true });
		} catch (error) {
			if (error instanceof DownloadProblem) this.problem = error;
			throwAsIs(error);
		} finally {
			this.close();
		}
	}

	/**
	 * A body that ended without an error is complete; the connection itself checks that. A resumed one must also have
	 * the announced length, because part of a compressed body would be garbage.
	 */
	private isComplete(breaks: number): boolean {
		return breaks === 0 || this.received === this.file.length;
	}

	/**
	 * Some servers compress although they are asked not to. n8n decompresses such a body, but leaves the length and the
	 * digest of what was sent.
	 */
	private get wasDecompressed(): boolean {
		const { length } = this.file;
		return length !== undefined && this.received !== length;
	}

	/** Requests what is missing, as long as each new connection brings something. */
	private async resume(breaks: number): Promise<OpenedFile> {
		const { length, validator } = this.file;
		const { clock, signal } = this.rules;
		const connectionLost = new DownloadProblem('the connection was lost', { isTransient: true });
		if (
			length === undefined ||
			validator === undefined ||
			this.received === 0 ||
			this.received >= length ||
			breaks === MAX_RESUMES
		)
			throw connectionLost;
		await clock.sleep(PAUSE_MS * (breaks + 1), signal);
		this.connection.close();
		this.connection = new Connection(this.rules);
		try {
			return await openFile(this.context, this.url, this.rules, this.connection.signal, {
				from: this.received,
				length,
				validator,
			});
		} catch (error) {
			throwAsIs(toProblem(error, this.rules));
		}
	}
}

/** One HTTP connection. It ends when it is closed, on Stop, and when it stalls. */
class Connection {
	private readonly ending = new AbortController();

	private bytes = 0;

	readonly signal: AbortSignal;

	constructor({ clock, signal }: DownloadRules) {
		this.signal = AbortSignal.any([signal, this.ending.signal]);
		const watch = async () => {
			for (let before = 0; ; before = this.bytes) {
				await clock.sleep(STALL_MS, this.ending.signal);
				if (this.bytes - before < MIN_BYTES) this.ending.abort();
			}
		};
		watch().catch(() => {});
	}

	progress(bytes: number): void {
		this.bytes += bytes;
	}

	close(): void {
		this.ending.abort();
	}
}

function toProblem(error: unknown, rules: DownloadRules): unknown {
	if (rules.signal.aborted) return new ExecutionStopped();
	if (error instanceof DownloadProblem) return error;
	if (error instanceof StreamRefused) return new DownloadProblem(error.message, { isNotAFile: true });
	return new DownloadProblem('the connection was lost', { isTransient: true });
}
