using System.Collections.Immutable;
using Quorate.Chains.Solana.Programs;

namespace Quorate.Chains.Solana;

/// <summary>
/// Collects what a message does if it succeeds, and what about it can not be told. Where it fails on chain, the fee is all
/// that happens.
/// </summary>
sealed class EffectsOfMessage
{
    readonly SolanaFormat format;
    readonly SolanaMessage message;
    readonly DecodeContext context;
    readonly SolanaAddress?[] accounts;
    readonly ImmutableArray<Effect>.Builder items = ImmutableArray.CreateBuilder<Effect>();
    readonly ImmutableArray<string>.Builder doubts = ImmutableArray.CreateBuilder<string>();

    internal EffectsOfMessage(SolanaFormat format, SolanaMessage message, DecodeContext context, SolanaAddress signer)
    {
        (this.format, this.message, this.context, Signer) = (format, message, context, signer);
        accounts = new SolanaAddress?[message.AccountCount];
        for (var i = 0; i < message.Accounts.Length; i++)
            accounts[i] = message.Accounts[i];
        LookUp();
        Opened = new(this);
        Tokens = new(this);
    }

    internal SolanaAddress Signer { get; }

    internal KnownAccounts Known => format.Known;

    internal AssetId Coin => format.Coin;

    internal OpenedAccounts Opened { get; }

    internal TokenAccounts Tokens { get; }

    internal Effects Find()
    {
        for (var i = 0; i < message.Instructions.Length; i++)
            Run(i);
        Opened.Finish();
        return new(format.Chain, items.DrainToImmutable(), format.MaxFee(message), doubts.DrainToImmutable());
    }

    internal Address ToAddress(SolanaAddress address) => address == Signer ? context.Signer : format.ToAddress(address);

    internal AssetId Token(SolanaAddress mint) => format.Token(mint);

    internal bool IsOwn(SolanaAddress address) => address == Signer || context.IsOwn?.Invoke(ToAddress(address)) == true;

    internal void Doubt(string reason) => doubts.Add(reason);

    internal int Add(Effect effect)
    {
        items.Add(effect);
        return items.Count - 1;
    }

    internal void Change(int place, Func<Effect, Effect> change) => items[place] = change(items[place]);

    internal void AddTransfer(SolanaAddress payer, SolanaAddress? recipient, AssetId asset, ulong amount)
    {
        var isOwn = recipient is { } to && (to == payer || (context.IsOwn?.Invoke(ToAddress(to)) ?? false));
        items.Add(new Effect.Transfer(ToAddress(payer), recipient is { } address ? ToAddress(address) : null, asset, amount, isOwn));
    }

    internal void AddCall(SolanaAddress caller, SolanaAddress program, string? function, params ReadOnlySpan<CallArgument> arguments) =>
        items.Add(new Effect.Call(ToAddress(caller), ToAddress(program), function, [.. arguments], Amount.Zero));

    void Run(int number)
    {
        var compiled = message.Instructions[number];
        var program = message.Accounts[compiled.Program];
        foreach (var index in compiled.Accounts.Span)
        {
            if (accounts[index] is null)
            {
                AddCall(Signer, program, null);
                Doubt($"Instruction {number} uses accounts of a look-up table that is not known.");
                return;
            }
        }
        var running = new RunningInstruction(this, message, accounts, number);
        if (program == ProgramIds.System)
            SystemMeaning.Read(running);
        else if (ProgramIds.IsToken(program))
            TokenMeaning.Read(running);
        else if (program == ProgramIds.AssociatedToken)
            AssociatedTokenMeaning.Read(running);
        else if (program == ProgramIds.Memo || program == ProgramIds.MemoV1)
            Add(new Effect.Memo(Convert.ToHexStringLower(compiled.Data.Span)));
        else if (program != ProgramIds.ComputeBudget)
        {
            AddCall(Signer, program, null);
            Doubt($"Instruction {number} is for {program}, a program that is not understood.");
        }
    }

    /// <summary>Fills in the accounts of tables that the judge knows.</summary>
    void LookUp()
    {
        var (writable, readOnly) = (message.Accounts.Length, message.Accounts.Length + message.WritableLookups);
        foreach (var lookup in message.Lookups)
        {
            var isComplete = true;
            foreach (var place in lookup.Writable.Span)
                isComplete &= LookUp(writable++, lookup.Table, place);
            foreach (var place in lookup.ReadOnly.Span)
                isComplete &= LookUp(readOnly++, lookup.Table, place);
            if (!isComplete)
                Doubt($"What the look-up table {lookup.Table} holds is not known.");
        }
    }

    bool LookUp(int index, SolanaAddress table, byte place)
    {
        if (Known.Lookup(table, place) is not { } address)
            return false;
        if (accounts.AsSpan().Contains(address))
            throw new FormatException($"The account {address} is there twice, once from the look-up table {table}.");
        accounts[index] = address;
        return true;
    }
}
