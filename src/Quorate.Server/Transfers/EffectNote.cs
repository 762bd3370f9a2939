using System.Collections.Immutable;
using Quorate.Chains;

namespace Quorate.Server.Transfers;

/// <summary>One effect in the words of read models: a line of history, not what anybody judges by.</summary>
/// <param name="Kind">transfer, approval, call, deployment, delegation, account_creation, memo, fee, not_understood.</param>
/// <param name="From">Who gives, calls or pays.</param>
/// <param name="To">Who gets, is called or may take; null for nobody.</param>
/// <param name="Asset">Of what.</param>
/// <param name="Amount">How much; null without limit, or where nothing is counted.</param>
/// <param name="Text">A function, a memo, a sentence.</param>
sealed record EffectNote(string Kind, string? From, string? To, AssetId? Asset, Amount? Amount, string? Text)
{
    /// <summary>Everything a transaction does, with its fee last.</summary>
    internal static ImmutableArray<EffectNote> Of(Effects effects)
    {
        var notes = effects.Items.Select(Of).Concat(effects.NotUnderstood.Select(text => new EffectNote("not_understood", null, null, null, null, text)));
        return effects.Fee is { } fee ? [.. notes, new("fee", fee.Payer.Text, null, fee.Asset, fee.Maximum, null)] : [.. notes];
    }

    static EffectNote Of(Effect effect) => effect switch
    {
        Effect.Transfer e => new("transfer", e.Payer.Text, e.Recipient?.Text, e.Asset, e.Amount, e.ToSelf ? "to self" : null),
        Effect.Approval e => new("approval", e.Owner.Text, e.Spender.Text, e.Asset, e.Limit, null),
        Effect.Call e => new("call", e.Caller.Text, e.Contract.Text, null, null, e.Function),
        Effect.Deployment e => new("deployment", e.Deployer.Text, e.Contract?.Text, null, null, e.CodeHash),
        Effect.Delegation e => new("delegation", e.Authority.Text, e.Delegate?.Text, null, null, null),
        Effect.AccountCreation e => new("account_creation", e.Payer.Text, e.Account.Text, e.Asset, e.Deposit, e.Owner.Text),
        Effect.Memo e => new("memo", null, null, null, null, e.Data),
        _ => new("not_understood", null, null, null, null, effect.GetType().Name),
    };
}
