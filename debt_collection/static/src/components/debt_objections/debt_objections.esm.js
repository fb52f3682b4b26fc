import {Component, onWillStart, useEffect, useRef, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {formatPercentage} from "@web/views/fields/formatters";
import {normalize} from "@web/core/l10n/utils";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {useService} from "@web/core/utils/hooks";

/** What is read of a card; everything an operator can search it by, and how it fared. */
const FIELDS = ["name", "keywords", "handling", "call_count", "promise_rate"];
/** More would not be read while somebody is on the line. */
const SHOWN = 6;
/** Shorter words ("I", "my", "is") say nothing of what the debtor means. */
const TELLING = 3;

/**
 * Objections heard in a call, found by typing what the debtor says.
 *
 * All cards are read once; searching them needs no server. Arrow keys choose among the
 * cards found, Enter marks one as heard. What is marked stays on the screen with its
 * answer. `hotkey` is the letter that, with Alt, leads to the search.
 */
export class DebtObjectionsField extends Component {
    static template = "debt_collection.DebtObjectionsField";
    static props = {
        ...standardFieldProps,
        hotkey: {type: String, optional: true},
        placeholder: {type: String, optional: true},
    };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.input = useRef("input");
        this.state = useState({query: "", index: 0});
        this.listId = `${this.props.id || this.props.name}_cards`;
        this.options = useRef("options");
        onWillStart(() => this.readCards());
        useEffect(
            () => {
                const chosen = this.options.el?.querySelector(".active");
                chosen?.scrollIntoView({block: "nearest"});
            },
            () => [this.state.index, this.state.query]
        );
    }

    get hint() {
        return this.props.placeholder || _t("Type what the debtor says …");
    }

    get list() {
        return this.props.record.data[this.props.name];
    }

    get relation() {
        return this.props.record.fields[this.props.name].relation;
    }

    /** Archived cards are not offered, but shown where they were marked. */
    async readCards() {
        const shown = ["id", "in", this.list.currentIds];
        const domain = ["|", ["active", "=", true], shown];
        const cards = await this.orm.searchRead(this.relation, domain, [
            ...FIELDS,
            "active",
        ]);
        this.cards = new Map();
        for (const card of cards) {
            const texts = [card.name, card.keywords, card.handling];
            card.texts = texts.map((text) => normalize(text || ""));
            this.cards.set(card.id, card);
        }
    }

    /** Marked cards, in the order of marking. */
    get marked() {
        const cards = this.list.currentIds.map((id) => this.cards.get(id));
        return cards.filter(Boolean);
    }

    /**
     * Cards with the most of the words typed: nobody says it as the card does. Those
     * that have them in the name come first.
     */
    get found() {
        const typed = normalize(this.state.query).split(/\s+/u).filter(Boolean);
        const telling = typed.filter((word) => word.length >= TELLING);
        const words = telling.length ? telling : typed;
        const marked = new Set(this.list.currentIds);
        const counted = [];
        for (const card of this.cards.values()) {
            const all = card.texts.join("\n");
            const count = words.filter((word) => all.includes(word)).length;
            if (count && card.active && !marked.has(card.id)) {
                counted.push({card, count});
            }
        }
        const most = Math.max(0, ...counted.map(({count}) => count));
        const found = counted.filter(({count}) => count === most);
        const place = ({card}) =>
            card.texts.findIndex((text) => words.some((word) => text.includes(word)));
        return found
            .sort((one, other) => place(one) - place(other))
            .map(({card}) => card)
            .slice(0, SHOWN);
    }

    fared(card) {
        if (!card.call_count) {
            return _t("not heard yet");
        }
        return _t("heard %(count)s · promised %(rate)s", {
            count: card.call_count,
            rate: formatPercentage(card.promise_rate, {digits: [false, 0]}),
        });
    }

    optionId(card) {
        return `${this.listId}_${card.id}`;
    }

    onInput(ev) {
        this.state.query = ev.target.value;
        this.state.index = 0;
    }

    onKeydown(ev) {
        const found = this.found;
        const keys = {
            ArrowDown: () => this.move(1, found.length),
            ArrowUp: () => this.move(-1, found.length),
            Enter: () => found.length && this.mark(found[this.state.index]),
            Escape: () => this.clear(),
        };
        // An empty search leaves its keys to the form.
        if (this.state.query && ev.key in keys) {
            ev.preventDefault();
            ev.stopPropagation();
            keys[ev.key]();
        }
    }

    move(step, count) {
        this.state.index = count ? (this.state.index + step + count) % count : 0;
    }

    clear() {
        this.state.query = "";
        this.state.index = 0;
    }

    async mark(card) {
        this.clear();
        this.input.el?.focus();
        await this.list.addAndRemove({add: [card.id]});
    }

    async unmark(card) {
        await this.list.addAndRemove({remove: [card.id]});
    }

    async propose(card) {
        const call = this.props.record.data.call_id;
        const action = await this.orm.call(
            this.relation,
            "action_propose",
            [[card.id]],
            {context: {...this.props.record.context, call_id: call ? call.id : false}}
        );
        await this.action.doAction(action);
    }
}

export const debtObjectionsField = {
    component: DebtObjectionsField,
    displayName: _t("Objections"),
    supportedTypes: ["many2many"],
    relatedFields: [{name: "display_name", type: "char"}],
    extractProps: ({attrs, options, placeholder}) => ({
        hotkey: options.hotkey,
        placeholder: placeholder || attrs.placeholder,
    }),
};

registry.category("fields").add("debt_objections", debtObjectionsField);
