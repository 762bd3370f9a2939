using System.Globalization;
using Quorate.Chains.Solana.Programs;

namespace Quorate.Chains.Solana;

/// <summary>One instruction with its accounts by name, while its meaning is read.</summary>
readonly ref struct RunningInstruction(EffectsOfMessage effects, SolanaMessage message, SolanaAddress?[] accounts, int number)
{
    internal EffectsOfMessage Effects { get; } = effects;

    internal SolanaAddress Program => message.Accounts[message.Instructions[number].Program];

    internal ReadOnlySpan<byte> Bytes => message.Instructions[number].Data.Span;

    internal DataReader Data => new(Bytes, number);

    /// <summary>The account that is handed over here.</summary>
    /// <exception cref="FormatException">There are fewer.</exception>
    internal SolanaAddress this[int index] => accounts[PlaceOf(index)]!.Value;

    ReadOnlySpan<byte> Places => message.Instructions[number].Accounts.Span;

    /// <summary>Whether the key of the account that is handed over here signs.</summary>
    internal bool IsSigner(int index) => message.IsSigner(PlaceOf(index));

    /// <summary>The account that is handed over here, whose key must sign.</summary>
    /// <exception cref="FormatException">It does not.</exception>
    internal SolanaAddress SignerAt(int index) => IsSigner(index) ? this[index] : throw Wrong($"{this[index]} has to sign and does not.");

    /// <summary>
    /// Makes sure of a number of accounts. More are a doubt: for the programs here they carry signers of a
    /// multisignature, or what a hook is to be handed.
    /// </summary>
    /// <exception cref="FormatException">There are fewer, so that it can not run.</exception>
    internal void Expect(int count)
    {
        if (Places.Length < count)
            throw Wrong($"{Places.Length} accounts, where there have to be {count}.");
        if (Places.Length > count)
            Doubt($"has {Places.Length - count} accounts more than its meaning accounts for.");
    }

    internal FormatException Wrong(string what) => new($"Instruction {number}: {what}");

    internal void Doubt(string what) => Effects.Doubt(string.Create(CultureInfo.InvariantCulture, $"Instruction {number} {what}"));

    /// <summary>A call whose meaning is not modelled.</summary>
    internal void NotUnderstood(uint tag)
    {
        Effects.AddCall(Effects.Signer, Program, null);
        Doubt($"is number {tag} of {Program}, which is not understood.");
    }

    byte PlaceOf(int index) => index < Places.Length ? Places[index] : throw Wrong($"there is no account at {index} of its own.");

    /// <summary>An argument that is an address.</summary>
    internal static CallArgument Argument(string name, SolanaAddress address) => new(name, "pubkey", address.ToString());
}
