/** Why a file could not be had, in words that go on after "a file could not be fetched:". */
export class DownloadProblem extends Error {
	constructor(
		message: string,
		/** Whether another try may help. */
		readonly isPassing: boolean,
	) {
		super(message);
		this.name = 'DownloadProblem';
	}
}
