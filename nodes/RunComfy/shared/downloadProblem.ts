/** How a problem is to be taken. */
export interface ProblemTraits {
	/** Another try may help. */
	isTransient?: boolean;
	/** Another try may help while the result is fresh: the file may be on its way to where it is served. */
	mayAppearSoon?: boolean;
	/** What was found there is certainly no file. */
	isNotAFile?: boolean;
	/** How long the server asks to stay away. Milliseconds. */
	retryAfterMs?: number;
}

/** Why a file could not be had, in words that go on after "a file could not be fetched:". */
export class DownloadProblem extends Error {
	readonly isTransient: boolean;

	readonly mayComeSoon: boolean;

	readonly isNoFile: boolean;

	readonly retryAfterMs: number;

	constructor(
		message: string,
		{ isTransient = false, mayAppearSoon = false, isNotAFile = false, retryAfterMs = 0 }: ProblemTraits = {},
	) {
		super(message);
		this.name = 'DownloadProblem';
		this.isTransient = isTransient;
		this.mayComeSoon = mayAppearSoon;
		this.isNoFile = isNotAFile;
		this.retryAfterMs = retryAfterMs;
	}
}
