import {Component, useEffect, useRef, useState} from "@odoo/owl";
import {KeepLast} from "@web/core/utils/concurrency";
import {_t} from "@web/core/l10n/translation";
import {formatPercentage} from "@web/views/fields/formatters";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {useRecordObserver} from "@web/model/relational_model/utils";
import {useService} from "@web/core/utils/hooks";

/** What is read of a card: what it says, and how it fared. */
const FIELDS = ["name", "handling", "active", "call_count", "promise_rate"];
/** More would not be read while somebody is on the line. */
const SHOWN = 6;

/**
 * Objections heard in a call, found by typing what the debtor says.
 *
 * The server says which cards are meant, by their words and by synonyms. Arrow keys
 * choose among the cards found, Enter marks one as heard. What is marked stays on the
 * screen with its answer. `hotkey` is the letter that, with Alt, leads to the search;
 * `langField` names the field with the language in which the cards are read,
 * `profileField` the one with the profile of the debtor whom they are for.
 */
export class DebtObjectionsField extends Component {
    static template = "debt_collection.DebtObjectionsField";
    static props = {
        ...standardFieldProps,
        hotkey: {type: String, optional: true},
        langField: {type: String, optional: true},
        profileField: {type: String, optional: true},
        placeholder: {type: String, optional: true},
    };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.input = useRef("input");
        this.state = useState({
            query: "",
            index: 0,
            found: [],
            asked: false,
            cards: new Map(),
        });
        this.asking = new KeepLast();
        this.listId = `${this.props.id || this.props.name}_cards`;
        this.options = useRef("options");
        // The language may change in the form, and that hands down no new props.
        useRecordObserver((record) => {
            const lang = this.langOf(record);
            if (lang !== this.lang) {
                this.lang = lang;
                this.clear();
                return this.readCards(record);
            }
        });
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

    langOf(record) {
        const {langField} = this.props;
        return (langField && record.data[langField]) || false;
    }

    get context() {
        const context = this.props.record.context;
        return this.lang ? {...context, lang: this.lang} : context;
    }

    /** Archived cards are not offered, but shown where they were marked. */
    async readCards(record) {
        const shown = ["id", "in", record.data[this.props.name].currentIds];
        const domain = ["|", ["active", "=", true], shown];
        const cards = await this.orm.searchRead(this.relation, domain, FIELDS, {
            context: this.context,
        });
        this.state.cards = new Map(cards.map((card) => [card.id, card]));
    }

    /** Marked cards, in the order of marking. */
    get marked() {
        const cards = this.list.currentIds.map((id) => this.state.cards.get(id));
        return cards.filter(Boolean);
    }

    /** Cards that what is typed may be about, the likeliest first; none twice. */
    get found() {
        const marked = new Set(this.list.currentIds);
        const cards = this.state.found.map((id) => this.state.cards.get(id));
        return cards
            .filter((card) => card && card.active && !marked.has(card.id))
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
        this.state.asked = false;
        if (!this.state.query.trim()) {
            this.state.found = [];
            this.answered = undefined;
            return;
        }
        this.answered = this.ask(this.state.query);
    }

    async ask(query) {
        const profile = this.props.record.data[this.props.profileField];
        const args = [query, this.lang, profile ? profile.id : false];
        const found = await this.asking.add(
            this.orm.silent.call(this.relation, "find_cards", args)
        );
        Object.assign(this.state, {found, asked: true});
    }

    /** Enter waits for the answer: who types fast means the card that will be found. */
    async markChosen() {
        await this.answered;
        if (this.found.length) {
            await this.mark(this.found[this.state.index]);
        }
    }

    onKeydown(ev) {
        const found = this.found;
        const keys = {
            ArrowDown: () => this.move(1, found.length),
            ArrowUp: () => this.move(-1, found.length),
            Enter: () => this.markChosen(),
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
        Object.assign(this.state, {query: "", index: 0, found: [], asked: false});
        this.answered = undefined;
    }

    async mark(card) {
        this.clear();
        this.input.el?.focus();
        await this.list.addAndRemove({add: [card.id]});
    }

    async unmark(card) {
        await this.list.addAndRemove({remove: [card.id]});
    }

    propose(card) {
        return this.openProposal("action_propose", [[card.id]]);
    }

    proposeNew() {
        return this.openProposal("action_propose_new", [this.state.query]);
    }

    async openProposal(method, args) {
        const call = this.props.record.data.call_id;
        const context = {...this.context, call_id: call ? call.id : false};
        const action = await this.orm.call(this.relation, method, args, {context});
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
        langField: options.lang_field,
        profileField: options.profile_field,
        placeholder: placeholder || attrs.placeholder,
    }),
};

registry.category("fields").add("debt_objections", debtObjectionsField);
