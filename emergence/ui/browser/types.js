// @ts-check
// What Python sends and what the browser keeps of it, and Plotly as far as it is used here. Types
// only: nothing in this file runs. `tests/javascript` holds every name against what Python sends.

/** Where a quantity stands in a row. @typedef {{offset: number, shape: number[]}} Field */

/**
 * The quantities of a row by name (see `runs.record.layout`). A row is the numbers of one moment;
 * its first is the step.
 * @typedef {{
 *   time: Field, mse: Field, slope: Field, n2: Field, capture: Field, peak: Field, winner: Field,
 *   share: Field, owner: Field, census: Field, u: Field, labels?: Field, train?: Field,
 * }} Fields
 * @typedef {Omit<Fields, "labels" | "train">} Kept of every run: the others are of broken assumptions
 * @typedef {Float64Array} Row
 */

/**
 * A run's state (see `serving.computation.State`).
 * @typedef {"ready" | "running" | "paused" | "finished" | "failed" | "stopped"} State
 */

/**
 * The six pictures.
 * @typedef {"overlaps" | "loss" | "map" | "heatmap" | "norms" | "matching"} Name
 */

/** A title for each picture and for the table. @typedef {Record<Name | "board", string>} Titles */

/**
 * What a viewer asks for rows with (see `ui.server.routes.run`).
 * @typedef {{viewer: string, query: string, from: string, until: string}} Question
 */

/**
 * What heads an answer with rows (see `serving.wire`).
 * @typedef {object} Header
 * @property {number} from rows that the viewer has and that still hold
 * @property {number} rows final rows in this answer
 * @property {number[]} steps the step of every row, the tip's too
 * @property {boolean} tip whether a row of the present moment comes last
 * @property {number} width numbers in a row
 * @property {State} state
 * @property {boolean} final whether no more will come
 * @property {string} message what went wrong, if anything did
 * @property {boolean} diverged
 * @property {string[]} mends labels of what to run in place of one that has diverged
 * @property {Titles | null} titles of a run that is over
 * @property {{text: string, after: number} | null} outcome what a run that is over has measured, and
 *   the step by which all of it is on the screen
 * @property {Answer[]} answers what the run has shown so far of what may be guessed
 * @property {string} note what a viewer waits for before the first row
 * @property {number} step computed so far
 * @property {number} seconds computing time so far
 * @property {(number | null)[]} crossing step at which each direction was learned
 */

/**
 * What is known of an experiment before its first number (see `ui.server.payload`). Times in steps.
 * @typedef {object} Payload
 * @property {Record<Name, Figure>} figures empty, with the predictions
 * @property {Fields} fields
 * @property {number} P directions
 * @property {number} m neurons
 * @property {Parameter[]} parameters what the run was asked with
 * @property {number[]} a strength of each direction
 * @property {(number | null)[]} T predicted time of each direction
 * @property {(number | null)[]} late the same with norm growth
 * @property {(number | null)[]} iota neuron matched to each direction
 * @property {number[]} neurons those whose overlaps are sent
 * @property {number[]} directions those whose overlaps are sent
 * @property {number[]} unused neurons matched to no direction
 * @property {number[]} snapshots
 * @property {boolean} whole whether steps are whole numbers
 * @property {{directions: string, neurons: string, classes: string[]}} said counts in words, and what each neuron
 *   is one of (see `runs.record.census`)
 * @property {number} first the first snapshot after 0
 * @property {number} end
 * @property {Titles} titles
 * @property {Asked[]} questions what may be guessed before the run plays
 * @property {string[]} colours of each direction
 * @property {{colour: string, opacity: number, name: string}} idle look of a neuron that serves none
 * @property {string} frame colour of what frames a cell of the heatmap
 * @property {number} captured share of a direction's strength above which it is learned
 * @property {number} serves share of a direction from which on a neuron serves it
 * @property {number} heartbeat milliseconds after which a viewer has to say that it is still here
 */

/** A parameter's value, as the page says it. @typedef {{name: string, symbol: string, label: string, value: string, asked: boolean}} Parameter */

/** What is known of the experiment of a query string. @typedef {Payload & {query: string}} Experiment */

/**
 * Where experiments come from: their empty figures and predictions, their rows as an answer of
 * `serving.wire`, and Plotly. Each may fail with an error that says why in a sentence.
 * @typedef {object} Source
 * @property {(query: string) => Promise<Experiment>} figures
 * @property {(question: Question) => Promise<ArrayBuffer>} rows
 * @property {() => Promise<Plotly>} plotly
 */

/**
 * What the page gives the live component: an experiment, what its controls say, the addresses to ask, how it is shown.
 * @typedef {{
 *   query: string, module: string, plotly: string, run: string, figures: string, files: string, stage: Stage, notices: string[],
 *   instant: string, looks: string, kernels: string, controls: Record<string, number | string>,
 *   picture: Name | "", address: Address, mends: string[],
 *   opening: Programme | null, acts: Pick<Act, "name" | "sentence">[],
 *   words: Record<string, string>, alone: string,
 * }} Given
 */

/**
 * Pictures without numbers, and each slider's values by what it shows of them (see `ui.server.looks`).
 * @typedef {{template: import("./alone/figures.js").Template, stops: Record<string, Record<string, number>>}} Looks
 */

/**
 * The names under which an address says how the lab is shown and which picture is large.
 * @typedef {{view: string, picture: string}} Address
 */

/** On a page among its controls, projected, or in somebody's slide. @typedef {"page" | "lecture" | "embed"} Stage */

/** An act of the opening (see `runs.opening`). @typedef {{name: string, query: string, sentence: string, seed: string, hero: Name, beside: Name}} Act */

/**
 * The opening: its acts, seconds for each, and what it ends with.
 * @typedef {{acts: Act[], seconds: number, yours: {name: string, query: string, coming: string, sentence: string, hint: string}}} Programme
 */

/** Tells Python what the viewer does. @typedef {{(name: "view", value: {view: Stage, picture: Name | ""}): void, (name: "opening", value: boolean): void, (name: "mend", value: string): void}} Tell */

/**
 * What the page gives a lesson's picture: figures in JSON.
 * @typedef {{
 *   figure: string, film: string[], key: string, low: boolean, revealed: boolean, waits: boolean, marker: Dragged | null,
 *   words: Record<string, string>, module: string, plotly: string, about: string, numbers: string, place: string
 * }} Shown
 */

/**
 * A guess that is dragged in a picture (see `ui.marker`): coordinates of each option, in the figure's.
 * @typedef {object} Dragged
 * @property {string} digest of the question
 * @property {string[]} named what may be said
 * @property {number | null} at what is said
 * @property {number[]} x
 * @property {number[]} y
 * @property {[x: number, y: number] | null} start
 * @property {boolean} upright
 * @property {string} axes
 */

/**
 * What a trace that is refilled says of itself, by its role (`meta` in `figures/lab`).
 * @typedef {{
 *   others: {p: number},
 *   matched: {p: number},
 *   predicted: {},
 *   highlight: {low?: number, high?: number, scale?: number},
 *   corrected: {beyond: number, end: string},
 *   mse: {end?: string},
 *   beside: {field: "labels" | "train", end: string},
 *   head: {},
 *   heads: {directions: number[]},
 *   slope: {},
 *   overlaps: {},
 *   norm: {p: number, k: number, scale: number},
 *   unused: {neurons: number[], scale: number},
 *   winner: {half: number},
 *   shared: {opacity: number},
 *   neurons: {order: number[]},
 *   theory: {curve: string},
 *   rings: {},
 *   names: {x: number[], y: number[], p: number[]},
 *   clock: {p: number},
 *   dots: {
 *     unit: number, edge: number, leaves: number, corners: number, least: number, most: number, opacity: number,
 *     rim: number, x: number[], y: number[], radius: number[],
 *     cloud_x: number[], cloud_y: number[],
 *   },
 * }} Metas
 * @typedef {keyof Metas} Role
 */

/** @template {Role} R @typedef {{role: R} & Metas[R]} MetaOf */
/** @typedef {{[R in Role]: MetaOf<R>}[Role]} Meta */

/**
 * A trace as it is given to Plotly.
 * @typedef {object} Trace
 * @property {Meta} [meta]
 * @property {ArrayLike<number>} [x]
 * @property {ArrayLike<number | string>} [y]
 * @property {ArrayLike<number | null>[]} [z]
 * @property {string} [name]
 * @property {ArrayLike<unknown>} [customdata]
 * @property {string[]} [text]
 * @property {{color: string | string[], size: number}} [textfont]
 * @property {number} [opacity]
 * @property {boolean | "legendonly"} [visible]
 * @property {Marker} [marker]
 * @property {{color?: string, width?: number, dash?: string}} [line]
 * @property {string} [xaxis]
 * @property {string} [yaxis]
 * @property {[share: number, color: string][]} [colorscale]
 * @property {number} [xgap]
 * @property {number} [ygap]
 *
 * @typedef {object} Marker
 * @property {string | string[]} [color]
 * @property {number | number[]} [size]
 * @property {number | number[]} [opacity]
 * @property {{color: string | string[], width: number | number[]}} [line]
 */

/**
 * @typedef {{size: number, color?: string, family?: string}} Font
 * @typedef {{type: string, name?: string, line?: {color: string, width: number, dash?: string}, [key: string]: unknown}} Shape
 *
 * @typedef {object} AxisLayout
 * @property {boolean} [visible]
 * @property {{text: string, font?: {size: number}}} [title]
 * @property {[number, number]} [domain]
 * @property {[number, number]} [range]
 * @property {string} [type]
 * @property {number | string} [dtick]
 * @property {number} [nticks]
 * @property {string} [ticklabeloverflow]
 * @property {string[]} [tickvals]
 * @property {string[]} [ticktext]
 * @property {string} [anchor]
 * @property {boolean} [showticklabels]
 *
 * @typedef {object} Layout
 * @property {Font} font
 * @property {{text: string, font: Font}} title
 * @property {Record<string, number>} margin
 * @property {{font: Font}} [legend]
 * @property {{font?: Font}[]} [annotations]
 * @property {Shape[]} [shapes]
 * @property {string} [uirevision]
 * @property {number} [width]
 * @property {number} [height]
 * @property {boolean} [showlegend]
 * @property {{ends: number}} [meta] letters of the longest name at a line's end
 * @property {AxisLayout} [yaxis]
 * @property {AxisLayout} [yaxis2]
 *
 * @typedef {{data: Trace[], layout: Layout}} Figure
 */

/** New points of a trace. @typedef {{x: number[], y: number[], customdata?: number[]}} Points */
/** New points by the number of their trace. @typedef {[index: number, points: Points][]} Changes */

/** From a coordinate to a pixel, and where it lies. @typedef {{c2p: (value: number) => number, range: number[], _offset: number, _length: number}} Axis */

/**
 * A trace, and the axes, as Plotly keeps them for itself (private, see CONTRIBUTING).
 * @typedef {object} FullTrace
 * @property {boolean | "legendonly"} visible
 * @property {string} [name]
 * @property {{color?: string}} [line]
 * @property {Meta} [meta]
 * @property {ArrayLike<number>} [x]
 * @property {ArrayLike<number>} [y]
 */

/**
 * A hovered point.
 * @typedef {object} Point
 * @property {Trace} data
 * @property {number} x
 * @property {any} customdata
 * @property {[row: number, column: number]} pointIndex
 */

/**
 * An element in which Plotly has drawn a figure.
 * @typedef {object} Drawn
 * @property {Trace[]} data
 * @property {Layout} layout
 * @property {FullTrace[]} _fullData
 * @property {{width: number, height: number, font: {size: number, family: string}} & Record<string, any>} _fullLayout
 * @property {boolean} [_dragging]
 * @property {(kind: string, heard: (event: {points: Point[]}) => void) => void} on
 *
 * @typedef {HTMLElement & Drawn} Div
 */

/**
 * @typedef {object} Plotly
 * @property {(div: HTMLElement, data: Trace[], layout: Layout, config: object) => Promise<unknown>} react
 * @property {(div: HTMLElement) => void} purge
 * @property {(div: HTMLElement) => void} redraw
 * @property {(div: HTMLElement, changes: object) => void} relayout
 * @property {(div: HTMLElement, changes: object, traces: number[]) => void} restyle
 * @property {(div: unknown, options: {format: string, width: number, height: number, scale: number, filename: string}) => void} downloadImage
 * @property {(figure: object, options: {format: string, width: number, height: number, scale: number}) => Promise<string>} toImage
 * @property {{resize: (div: Element) => void}} Plots
 */

/**
 * How the options of a question lie: along an axis, or in a list.
 * @typedef {"number" | "choice"} Kind
 */

/**
 * A question that a page asks first (see `classroom.question`).
 * @typedef {object} Asked
 * @property {string} page
 * @property {string} name
 * @property {string} text in Markdown
 * @property {string[]} options as they are shown
 * @property {string[]} values as the address says them
 * @property {Kind} kind
 * @property {string} unit
 * @property {string} run of the Live Lab: its experiment
 * @property {string} digest another one for each other question
 */

/**
 * What a run has shown of a question (see `runs.guesses`).
 * @typedef {object} Answer
 * @property {string} name
 * @property {number[]} right which options are
 * @property {string} bound within what
 * @property {string} answer in words, "" where there is none
 * @property {number} after the step by which it is on the screen
 * @property {string} why there is none
 */

/** What is pointed at. @typedef {{p: number | null, k: number | null}} Target */

/** A moment: its row, and the rows up to it. @typedef {{now: Row, rows: Row[]}} Moment */

export {};
