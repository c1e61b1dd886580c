import type { NodeHint } from 'n8n-workflow';

import { REQUIRED_MARK } from '../../schema/inputHints';

/** True when only the form can supply inputs; the contents of the other places for inputs aren't checked. */
const ONLY_THE_FORM =
	'!$parameter["binaryInputs"]?.input?.length && !$parameter["textInputs"]?.input?.length && ["{}", undefined].includes($parameter["options"]?.additionalInputs)';
/** Expressions count as filled in; their results are known only when the node runs. */
const STAR_IS_EMPTY = `($parameter["modelInput"]?.schema ?? []).some((field) => field.displayName.includes("${REQUIRED_MARK}") && [undefined, null, ""].includes(($parameter["modelInput"].value ?? {})[field.id]))`;
const SUBMITS = '["submit", "submitAndWait", "checkInput"].includes($parameter["operation"])';

/** Hints that the editor shows next to the node's data. n8n evaluates their conditions with the raw parameters. */
export const nodeHints: NodeHint[] = [
	{
		message: "A required field (*) is empty. The node won't submit this input.",
		location: 'outputPane',
		whenToDisplay: 'beforeExecution',
		displayCondition: `={{ ${SUBMITS} && $parameter["specifyInput"] === "fields" && ${ONLY_THE_FORM} && ${STAR_IS_EMPTY} }}`,
	},
	{
		message: 'Request ID is empty. Enter the request_id that Submit returns.',
		location: 'outputPane',
		whenToDisplay: 'beforeExecution',
		displayCondition:
			'={{ ["cancel", "getResult", "getStatus", "wait"].includes($parameter["operation"]) && !$parameter["requestId"] }}',
	},
	{
		message: 'The file URLs expire after a while. Download the files soon, or turn on Download Output.',
		location: 'outputPane',
		whenToDisplay: 'afterExecution',
		displayCondition:
			'={{ ["getResult", "submitAndWait", "wait"].includes($parameter["operation"]) && $parameter["downloadOutput"] === false }}',
	},
];
