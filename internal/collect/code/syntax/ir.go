// Package syntax holds the small tree that every language is lowered to: what queue rules
// ask about, not a universal syntax tree. It is plain data; nothing of a parser escapes
// into it.
package syntax

import "qaudit/internal/model"

// Lang is a language.
type Lang string

// The languages that can be lowered.
const (
	Python     Lang = "Python"
	JavaScript Lang = "JavaScript"
	TypeScript Lang = "TypeScript"
)

// Span is a place in a file: lines from 1, columns from 1 in bytes, Start and End byte
// offsets.
type Span struct {
	Start, End                       int
	Line, Column, EndLine, EndColumn int
}

// File is one source file.
type File struct {
	Path     string // below the audited root, with slashes
	Lang     Lang
	Module   string // dotted module name for Python ("shop.worker"); path without extension else
	Src      []byte
	Shown    []byte // Src with secrets masked and comments blanked; offsets are those of Src
	Imports  []Import
	Body     []Stmt // module level
	Defs     []*Def // every definition, nested ones too, in source order
	Exports  []Export
	Comments []Comment
	Broken   []Span // what stands in these did not parse
}

// Import binds a local name to something of another module.
type Import struct {
	Local string // name in this file: "pika", "BlockingConnection", "amqp"; "" for a star or bare import
	Path  string // dotted path of what it is: "pika", "pika.BlockingConnection"; for JS
	// "amqplib", "amqplib.connect", "amqplib.default"; relative ones resolved to a module
	// of the project ("./queue" → "src/queue")
	Module string // the module alone: "pika", "src/queue"
	Name   string // what is taken from it: "BlockingConnection", "default"; "" for the module itself
	// Relative: the module was named from this file's folder, so it is of the project.
	Relative bool
	Star     bool
	Scope    *Def // the function that it stands in, nil at module level
	Span     Span
}

// Export is a name that a JS module gives to others. Assignments to module.exports and
// exports.x stay in the body as Assign statements.
type Export struct {
	Name   string // as others see it: "queue", "default", "*" for all of another module
	Local  string // the name in this file, or in Module; "" when Value says it
	Module string // export … from Module; "" for this file
	Value  *Expr  // export default expression
}

// Comment is a comment without its marker.
type Comment struct {
	Text string
	Span Span
}

// DefKind is the kind of a definition.
type DefKind uint8

// The kinds of definitions.
const (
	Function DefKind = iota + 1
	Class
	Lambda
)

// Def is a function, class or lambda.
type Def struct {
	Kind       DefKind
	Name       string // "" for lambdas
	Qualified  string // "Worker.handle"; a lambda takes the name that it is bound to, else "<lambda>": "Worker.<lambda>"
	Params     []Param
	Decorators []*Expr  // Call or Name/Attr
	Bases      []*Expr  // superclasses
	Keywords   []Arg    // keyword arguments of a Python class: metaclass, env_prefix
	Globals    []string // names that the function declares global or nonlocal
	Async      bool
	Generator  bool
	Body       []Stmt
	Parent     *Def
	Span       Span
	Tainted    bool // an error node stands in or above it
}

// Param is a parameter; destructured JS parameters give one Param with Fields.
type Param struct {
	Name    string
	Default *Expr
	Type    string // annotation as written
	Rest    bool   // *args, **kwargs, ...rest
	// Keywords: it is **kwargs. KeywordOnly: no positional argument reaches it.
	Keywords, KeywordOnly bool
	Fields                []Param // Name is the local name
	Key                   string  // of a field: the property that it is taken from
	Decorators            []*Expr // TypeScript
}

// StmtKind is the kind of a statement.
type StmtKind uint8

// The kinds of statements.
const (
	ExprStmt StmtKind = iota + 1
	Assign            // Targets = Value; also attribute and element assignments, class fields
	If                // Cond, Body, Else (elif and else-if nest in Else; switch is a chain of Ifs)
	Loop              // Cond or iterated expression in Value, Body; Targets are loop variables
	Try               // Body, Handlers, Else, Finally
	With              // Items (context managers), Body
	Return
	Raise
	Break
	Continue
	DefStmt // Def
	Block   // Body
	Declare // Targets[0] is given a Type and no value: a field of a Python or TypeScript class; let x
)

// Stmt is a statement.
type Stmt struct {
	Kind     StmtKind
	Span     Span
	Targets  []*Expr // Assign, Loop
	Value    *Expr   // ExprStmt, Assign, Return, Raise, Loop
	Cond     *Expr
	Body     []Stmt
	Else     []Stmt
	Handlers []Handler
	Finally  []Stmt
	Items    []WithItem
	Async    bool // async with, async for, for await
	Def      *Def
	Type     string // Assign, Declare: annotation as written
	// Declared (Assign, Declare, Loop): the targets are names of this scope by const, let or
	// var. What a JS file assigns without is a name of a scope around.
	Declared bool
	// Decorators of a class field.
	Decorators []*Expr
	// Switch (Block): a Break inside leaves this block. A switch whose only breaks end
	// its cases is lowered without it.
	Switch bool
	// Once (Loop): the body runs before the condition is looked at (do … while).
	Once  bool
	Label string // of a Loop or Block; of the loop that a Break or Continue means
}

// WithItem is a context manager and the name that it is bound to.
type WithItem struct {
	Value *Expr
	As    *Expr
}

// Handler is an except or catch clause.
type Handler struct {
	Types []*Expr // empty: catches everything
	Name  string
	Body  []Stmt
	Span  Span
}

// ExprKind is the kind of an expression.
type ExprKind uint8

// The kinds of expressions.
const (
	Other ExprKind = iota
	StringLit
	IntLit
	FloatLit
	BoolLit
	NilLit    // None, null, undefined
	Ident     // Text
	Attr      // X.Text
	Index     // X[Args[0].Value]
	Call      // X(Args); New for JS constructors
	ListLit   // Args; Text is "tuple" or "set" for those; also the pattern [a, b] = …
	MapLit    // Args with Name (or Key when computed or empty); Spread entries; also the pattern {a, b} = …
	LambdaLit // Def
	Await     // X
	Template  // f-strings, JS templates: Args in order, literal pieces are StringLit; Name is a format or conversion (":>10", "!r")
	Binary    // X Text Y: + or || ?? == < in … (Text is the operator)
	Unary     // Text X: not, !, -
	Cond      // X ? Args[0] : Args[1]
	Yield     // X; Text is "from" when it delegates
	Comp      // comprehension: Args[0] is the element, the rest are its clauses in order, Name "for" (Key in Value) or "if"
	Bind      // X = Y inside an expression: x := f(), while ((m = next())), a default in a destructuring pattern
)

// Expr is an expression. Parenthesised, type-asserted (as, satisfies, !) and optional
// (?.) forms are lowered to what they hold; a minus before a number is part of it. What
// has no kind of its own is Other, with the expressions inside it in Args, so that no
// call is lost.
type Expr struct {
	Kind  ExprKind
	Span  Span
	Text  string // Ident, Attr name, operator, StringLit value, Other: source
	Int   int64
	Float float64
	Bool  bool
	X, Y  *Expr
	Args  []Arg
	New   bool
	Def   *Def
}

// Arg is an argument, element or entry.
type Arg struct {
	Name   string // keyword, or literal key of an entry
	Key    *Expr  // computed key
	Value  *Expr
	Spread bool // *a, **a, ...a
}

// Path is the dotted path of a Name or Attr chain ("self.channel.basic_ack"), "" for
// anything else. Calls within the chain are written as "()": "pika.Connection().channel".
func (e *Expr) Path() string {
	if e == nil {
		return ""
	}
	switch e.Kind {
	case Ident:
		return e.Text
	case Attr:
		if p := e.X.Path(); p != "" {
			return p + "." + e.Text
		}
	case Call:
		if p := e.X.Path(); p != "" {
			return p + "()"
		}
	case Await:
		return e.X.Path()
	}
	return ""
}

// Walk calls f for e and everything in it, parents first, until f returns false for a
// subtree. It does not enter the bodies of lambdas; they are in File.Defs.
func (e *Expr) Walk(f func(*Expr) bool) {
	if e == nil || !f(e) {
		return
	}
	e.X.Walk(f)
	e.Y.Walk(f)
	for _, a := range e.Args {
		a.Key.Walk(f)
		a.Value.Walk(f)
	}
}

// Place is the span as a place in the file, without an excerpt.
func (s Span) Place(file string) model.Place {
	return model.Place{File: file, Line: s.Line, Column: s.Column, EndLine: s.EndLine, EndColumn: s.EndColumn}
}
