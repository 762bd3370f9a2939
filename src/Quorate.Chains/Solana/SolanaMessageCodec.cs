using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Quorate.Chains.Solana;

/// <summary>
/// Solana messages as bytes, legacy and version 0. What is accepted has exactly one encoding, the given one: lengths take
/// their fewest bytes and nothing follows the end.
/// </summary>
public static class SolanaMessageCodec
{
    const byte VersionBit = 0x80;

    /// <summary>The bytes that are signed.</summary>
    public static byte[] Encode(SolanaMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var encoded = new byte[SizeOf(message)];
        var writer = new Writer(encoded);
        if (message.Version == SolanaMessageVersion.V0)
            writer.Byte(VersionBit);
        writer.Byte(message.RequiredSignatures);
        writer.Byte(message.ReadOnlySigned);
        writer.Byte(message.ReadOnlyUnsigned);
        writer.Length(message.Accounts.Length);
        foreach (ref readonly var account in message.Accounts.AsSpan())
            account.CopyTo(writer.Take(SolanaAddress.Size));
        message.Blockhash.CopyTo(writer.Take(Blockhash.Size));
        writer.Length(message.Instructions.Length);
        foreach (ref readonly var instruction in message.Instructions.AsSpan())
        {
            writer.Byte(instruction.Program);
            writer.Bytes(instruction.Accounts.Span);
            writer.Bytes(instruction.Data.Span);
        }
        if (message.Version == SolanaMessageVersion.V0)
        {
            writer.Length(message.Lookups.Length);
            foreach (ref readonly var lookup in message.Lookups.AsSpan())
            {
                lookup.Table.CopyTo(writer.Take(SolanaAddress.Size));
                writer.Bytes(lookup.Writable.Span);
                writer.Bytes(lookup.ReadOnly.Span);
            }
        }
        return encoded;
    }

    /// <summary>The message in these bytes, which are copied.</summary>
    /// <exception cref="FormatException">They are no message, not in their one encoding, or no validator would take it.</exception>
    public static SolanaMessage Decode(ReadOnlySpan<byte> encoded)
    {
        // With the one signature that every transaction has.
        if (encoded.Length > SolanaMessage.MaxTransactionSize - SolanaMessage.SignaturesSize(1))
            throw new FormatException($"Not a message: {encoded.Length} bytes, which with a signature fit into no packet.");
        var reader = new Reader(encoded.ToArray());
        var first = reader.Byte("header");
        var version = SolanaMessageVersion.Legacy;
        if ((first & VersionBit) != 0)
        {
            if (first != VersionBit)
                throw new FormatException($"A message of version {first & ~VersionBit}, which is not understood.");
            version = SolanaMessageVersion.V0;
            first = reader.Byte("header");
        }
        var (readOnlySigned, readOnlyUnsigned) = (reader.Byte("header"), reader.Byte("header"));
        var accounts = new SolanaAddress[reader.Count("accounts", SolanaAddress.Size)];
        foreach (ref var account in accounts.AsSpan())
            account = new(reader.Take(SolanaAddress.Size, "an account").Span);
        var blockhash = new Blockhash(reader.Take(Blockhash.Size, "the blockhash").Span);
        // A program, no accounts and no data take three bytes.
        var instructions = new CompiledInstruction[reader.Count("instructions", 3)];
        foreach (ref var instruction in instructions.AsSpan())
        {
            instruction = new(
                reader.Byte("an instruction's program"), reader.Bytes("an instruction's accounts"), reader.Bytes("an instruction's data"));
        }
        TableLookup[] lookups = [];
        if (version == SolanaMessageVersion.V0)
        {
            lookups = new TableLookup[reader.Count("look-up tables", SolanaAddress.Size + 2)];
            foreach (ref var lookup in lookups.AsSpan())
            {
                lookup = new(
                    new(reader.Take(SolanaAddress.Size, "a look-up table").Span), reader.Bytes("a table's writable places"), reader.Bytes("a table's other places"));
            }
        }
        reader.End();
        var message = new SolanaMessage(
            version, first, readOnlySigned, readOnlyUnsigned, ImmutableCollectionsMarshal.AsImmutableArray(accounts), blockhash,
            ImmutableCollectionsMarshal.AsImmutableArray(instructions), ImmutableCollectionsMarshal.AsImmutableArray(lookups));
        return Complaint(message) is { } wrong ? throw new FormatException(wrong) : message;
    }

    /// <summary>Bytes of a message.</summary>
    internal static int SizeOf(SolanaMessage message)
    {
        var size = 3 + SizeOf(message.Accounts.Length, SolanaAddress.Size) + Blockhash.Size + CompactU16.SizeOf(message.Instructions.Length);
        foreach (ref readonly var instruction in message.Instructions.AsSpan())
            size += 1 + SizeOf(instruction.Accounts.Length, 1) + SizeOf(instruction.Data.Length, 1);
        if (message.Version == SolanaMessageVersion.Legacy)
            return size;
        size += 1 + CompactU16.SizeOf(message.Lookups.Length);
        foreach (ref readonly var lookup in message.Lookups.AsSpan())
            size += SolanaAddress.Size + SizeOf(lookup.Writable.Length, 1) + SizeOf(lookup.ReadOnly.Length, 1);
        return size;
    }

    /// <summary>Why no validator would take a message, whatever the state of its accounts; null where one might.</summary>
    internal static string? Complaint(SolanaMessage message)
    {
        var accounts = message.Accounts.AsSpan();
        int signatures = message.RequiredSignatures;
        if (message.Version is not (SolanaMessageVersion.Legacy or SolanaMessageVersion.V0))
            return $"There is no version {message.Version}.";
        if (signatures == 0)
            return "Nobody signs, and nobody pays the fee.";
        if (message.ReadOnlySigned >= signatures)
            return "The account that pays the fee can not be changed.";
        if (signatures + message.ReadOnlyUnsigned > accounts.Length)
            return $"{signatures} accounts sign and {message.ReadOnlyUnsigned} others are not changed, of {accounts.Length}.";
        if (message.AccountCount > SolanaMessage.MaxAccounts)
            return $"{message.AccountCount} accounts; there are at most {SolanaMessage.MaxAccounts}.";
        for (var i = 1; i < accounts.Length; i++)
        {
            if (accounts[..i].Contains(accounts[i]))
                return $"The account {accounts[i]} is there twice.";
        }
        for (var i = 0; i < message.Instructions.Length; i++)
        {
            if (Complaint(message, message.Instructions[i]) is { } wrong)
                return $"Instruction {i}: {wrong}";
        }
        if (message.Version == SolanaMessageVersion.Legacy && !message.Lookups.IsEmpty)
            return "A legacy message has no look-up tables.";
        foreach (var lookup in message.Lookups)
        {
            if (lookup.Count == 0)
                return $"Nothing is looked up in the table {lookup.Table}.";
        }
        return message.TransactionSize > SolanaMessage.MaxTransactionSize
            ? $"{message.TransactionSize} bytes with its signatures; a transaction has at most {SolanaMessage.MaxTransactionSize}."
            : null;
    }

    static string? Complaint(SolanaMessage message, in CompiledInstruction instruction)
    {
        if (instruction.Program == 0)
            return "the account that pays the fee is no program.";
        if (instruction.Program >= message.Accounts.Length)
            return $"there is no program at {instruction.Program}; a program does not come from a look-up table.";
        foreach (var index in instruction.Accounts.Span)
        {
            if (index >= message.AccountCount)
                return $"there is no account at {index}.";
        }
        return null;
    }

    static int SizeOf(int count, int each) => CompactU16.SizeOf(count) + count * each;

    ref struct Writer(Span<byte> rest)
    {
        Span<byte> rest = rest;

        internal void Byte(byte value) => Take(1)[0] = value;

        internal void Length(int value) => rest = rest[CompactU16.Write(rest, value)..];

        internal void Bytes(ReadOnlySpan<byte> bytes)
        {
            Length(bytes.Length);
            bytes.CopyTo(Take(bytes.Length));
        }

        internal Span<byte> Take(int size)
        {
            var taken = rest[..size];
            rest = rest[size..];
            return taken;
        }
    }

    ref struct Reader(ReadOnlyMemory<byte> rest)
    {
        ReadOnlyMemory<byte> rest = rest;

        internal byte Byte(string what) => Take(1, what).Span[0];

        internal ReadOnlyMemory<byte> Bytes(string what) => Take(Length(what), what);

        /// <summary>How many things follow that take at least so many bytes each: never more than there are bytes for.</summary>
        internal int Count(string what, int sizeMin)
        {
            var count = Length(what);
            return count <= rest.Length / sizeMin ? count : throw new FormatException($"The message ends within {what}: there are to be {count}.");
        }

        internal ReadOnlyMemory<byte> Take(int size, string what)
        {
            if (size > rest.Length)
                throw new FormatException($"The message ends within {what}.");
            var taken = rest[..size];
            rest = rest[size..];
            return taken;
        }

        internal readonly void End()
        {
            if (!rest.IsEmpty)
                throw new FormatException($"{rest.Length} bytes follow the message.");
        }

        int Length(string what)
        {
            if (!CompactU16.TryRead(rest.Span, out var value, out var read))
                throw new FormatException($"The length of {what} is cut off, too large, or not in its fewest bytes.");
            rest = rest[read..];
            return value;
        }
    }
}
