/** About as many letters as the canvas shows below a node (seen in n8n 2.40). */
const ROOM = 28;

/** The owner of a model, and what comes before an ID in the URL of its page, tell nothing on the canvas. */
const MODEL =
	'String($parameter["model"] ?? "").replace(/^.*\\/(models|playground)\\//, "").replace(/\\/(api|playground)\\/?$/, "").replace(/^[^\\/]+\\//, "")';
/** RunComfy's own names of models have such short tasks: T2I, I2V. */
const SHORT_MODEL = `[${MODEL}].map((id) => id.length <= ${ROOM} ? id : id.replace(/first-last-frame/g, "FLF").replace(/(text|image|video|audio|speech|reference|FLF)-to-(image|video|audio|speech|music)/g, (task, from, to) => (from === "FLF" ? from : from[0].toUpperCase()) + "2" + to[0].toUpperCase()))[0]`;
/** `$parameter` gives only the value of a deployment; its name from the list is in the parameter as it is saved. */
const DEPLOYMENT =
	'(JSON.parse(JSON.stringify($parameter)).deployment?.cachedResultName || String($parameter["deployment"] ?? "").replace(/^.*\\/deployments\\//, ""))';
const OPERATION = '$parameter["operation"] + ": " + $parameter["resource"]';

const MODEL_OPERATIONS = '["submit", "submitAndWait", "checkInput", "get"].includes($parameter["operation"])';
const IS_OF_DEPLOYMENT =
	'["deployment", "deploymentRequest"].includes($parameter["resource"]) && $parameter["operation"] !== "getAll"';

/**
 * What n8n shows below the name of a node: its model or deployment, because the name already says what the node does. Other
 * operations show themselves.
 */
export const targetSubtitle = `={{ (${IS_OF_DEPLOYMENT} ? ${DEPLOYMENT} : ["model", "request"].includes($parameter["resource"]) && ${MODEL_OPERATIONS} ? ${SHORT_MODEL} : "") || ${OPERATION} }}`;
