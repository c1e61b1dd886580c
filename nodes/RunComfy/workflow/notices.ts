import type { GraphReading } from './graph';
import type { Workflow } from './workflowInputs';

/*
 * What the editor says where it shows no fields, or fewer than there are inputs.
 */

/** Why there are no fields; undefined where there is a graph. */
export function readingNotice({ kind }: GraphReading): string | undefined {
	switch (kind) {
		case 'graph':
			return undefined;
		case 'none':
			return 'This deployment has no ComfyUI workflow. Set Specify Input to Using JSON; the API tab of the deployment lists its fields.';
		case 'uiFormat':
			return "The workflow of this deployment is in the format of the ComfyUI editor, so its inputs aren't known. Set Specify Input to Using JSON.";
		case 'unreadable':
			return "The workflow of this deployment can't be read, so its inputs aren\'t known. Set Specify Input to Using JSON.";
	}
}

/** Why the form has no field for an input. */
export function formNotices({ inputs, omitted }: Workflow): string[] {
	if (inputs.length === 0)
		return ['This workflow has no inputs that can be set in a form. Set Specify Input to Using JSON.'];
	return omitted > 0
		? [
				`The form has ${inputs.length} fields. Set the other ${omitted} inputs in Additional Inputs, or set Specify Input to Using JSON.`,
			]
		: [];
}
