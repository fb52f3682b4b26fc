/* global SIP */
import {VoipAgent} from "@voip_oca/services/voip_agent_service.esm";
import {patch} from "@web/core/utils/patch";

const RINGING = 180;
const CANCELLED_BY_US = 487;

/** The softphone, where it must know of debtors; `this.debt` is the service of ours. */
patch(VoipAgent.prototype, {
    async connectAgent() {
        await super.connectAgent();
        if (this.agent) {
            this.listenToRinging();
        }
    },

    /** SIP.js tells of the ringing whoever asks for it when the call is made. */
    listenToRinging() {
        const agent = this;
        patch(SIP.Inviter.prototype, {
            invite(options = {}) {
                const onProgress = (response) => agent._onInviteProgress(response);
                const requestDelegate = {...options.requestDelegate, onProgress};
                return super.invite({...options, requestDelegate});
            },
        });
    },

    _onInviteProgress(response) {
        if (response.message.statusCode === RINGING) {
            return this.debt?.tell("debt_ringing");
        }
    },

    /** Whatever dials, from wherever in Odoo, comes through here. */
    call(params) {
        return this.debt ? this.debt.ask(params) : super.call(params);
    },

    /** What may be dialled, is. */
    dialNow(params) {
        this.gaveUp = false;
        return super.call(params);
    },

    createCall(options) {
        return super.createCall({...options, ...this.debt?.takeLink()});
    },

    /** A second caller gets the busy tone, and the call on the line stays what it is. */
    async onInvite(session) {
        const number = session.remoteIdentity.uri.user;
        if (this.session || this.voip.inCall) {
            session.reject({statusCode: 486});
            await this.debt?.missed(number);
            return;
        }
        await super.onInvite(session);
        await this.debt?.rings(number);
    },

    /** Whom the other side is handed on to is dialled too. */
    async transfer(number) {
        if (this.debt && !(await this.debt.mayTransfer(number))) {
            return;
        }
        if (this.voip.inCall) {
            super.transfer(number);
        }
    },

    async hold() {
        if (this.session) {
            await super.hold();
        } else {
            this.isHolded = !this.isHolded;
        }
        await this.debt?.tell("debt_held", this.isHolded);
    },

    hangup() {
        this.gaveUp = true;
        return super.hangup();
    },

    /** @param {Object} [bye] there where the other side hung up */
    async _onHanghup(bye) {
        if (bye) {
            await this.debt?.tell("debt_note_end", 0, true);
        }
        try {
            await super._onHanghup(...arguments);
        } catch (error) {
            // The line is free all the same; without a sign of life Odoo ends the call.
            this.voip.inCall = false;
            this.session = false;
            throw error;
        }
    },

    /** How a call ended that the operator gave up is reported already. */
    async _onInviteRejected(response) {
        if (this.gaveUp) {
            return;
        }
        const status = response.message.statusCode;
        if (status && status !== CANCELLED_BY_US) {
            await this.debt?.tell("debt_note_end", status);
        }
        return super._onInviteRejected(...arguments);
    },
});
