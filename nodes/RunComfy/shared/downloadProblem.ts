/** What follows from a problem. */
export interface ProblemTraits {
	/** Another try may help. */
	isTransient?: boolean;
	/** Another try may help while the result is fresh: the file may not be available yet. */
	mayAppearSoon?: boolean;
	/** There is certainly no file there. */
	isNotAFile?: boolean;
	/** How long the server asks to wait. Milliseconds. */
	retryAfterMs?: number;
}

/** Why a file couldn't be fetched, in words that continue "a file couldn't be downloaded:". */
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
