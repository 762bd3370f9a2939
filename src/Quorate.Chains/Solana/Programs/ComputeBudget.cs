namespace Quorate.Chains.Solana.Programs;

/// <summary>
/// What a message says about its computation, and so what it can cost. The validators read these instructions before
/// anything runs; one that is there twice or malformed makes the transaction invalid.
/// </summary>
/// <param name="UnitLimit">Compute units at most; the cluster's default where null.</param>
/// <param name="UnitPrice">Micro-lamports for a unit; 0 where absent.</param>
public readonly record struct ComputeBudget(uint? UnitLimit, ulong UnitPrice)
{
    /// <summary>Compute units of a transaction at most, whatever it asks for.</summary>
    public const uint MaxUnits = 1_400_000;

    /// <summary>Compute units that an instruction gets where the message sets no limit.</summary>
    public const uint DefaultUnits = 200_000;

    /// <summary>Compute units that an instruction of a built-in program gets where the message sets no limit (SIMD-0170).</summary>
    public const uint BuiltInUnits = 3_000;

    /// <summary>Lamports for a signature, those that programs check for a transaction included.</summary>
    public const ulong LamportsPerSignature = 5_000;

    const ulong MicroLamportsPerLamport = 1_000_000;

    const byte HeapTag = 1, LimitTag = 2, PriceTag = 3, DataSizeTag = 4;

    /// <summary>setComputeUnitLimit (2).</summary>
    public static SolanaInstruction SetUnitLimit(uint units) =>
        new(ProgramIds.ComputeBudget, [], new DataWriter(5).Byte(LimitTag).UInt32(units).Written);

    /// <summary>setComputeUnitPrice (3), in micro-lamports.</summary>
    public static SolanaInstruction SetUnitPrice(ulong microLamports) =>
        new(ProgramIds.ComputeBudget, [], new DataWriter(9).Byte(PriceTag).UInt64(microLamports).Written);

    /// <summary>What a message says.</summary>
    /// <exception cref="FormatException">An instruction to the budget is malformed, unknown, or there twice.</exception>
    public static ComputeBudget Of(SolanaMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var seen = 0;
        uint? limit = null;
        ulong price = 0;
        for (var i = 0; i < message.Instructions.Length; i++)
        {
            var instruction = message.Instructions[i];
            if (message.Accounts[instruction.Program] != ProgramIds.ComputeBudget)
                continue;
            var data = new DataReader(instruction.Data.Span, i);
            var tag = data.Byte();
            if (tag is < HeapTag or > DataSizeTag)
                throw new FormatException($"Instruction {i}: there is no compute budget instruction {tag}.");
            if ((seen & 1 << tag) != 0)
                throw new FormatException($"Instruction {i}: the compute budget has this set already.");
            seen |= 1 << tag;
            if (tag == PriceTag)
                price = data.UInt64();
            else
            {
                var value = data.UInt32();
                if (tag == LimitTag)
                    limit = value;
            }
            data.End();
        }
        return new(limit, price);
    }

    /// <summary>The same message at another price; null where it sets none.</summary>
    internal static SolanaMessage? Reprice(SolanaMessage message, ulong price)
    {
        bool SetsPrice(CompiledInstruction i) => message.Accounts[i.Program] == ProgramIds.ComputeBudget && !i.Data.IsEmpty && i.Data.Span[0] == PriceTag;
        return message.Instructions.Any(SetsPrice)
            ? SolanaMessage.Create(
                message.Version, message.RequiredSignatures, message.ReadOnlySigned, message.ReadOnlyUnsigned, message.Accounts, message.Blockhash,
                [.. message.Instructions.Select(i => SetsPrice(i) ? i with { Data = SetUnitPrice(price).Data } : i)], message.Lookups)
            : null;
    }

    /// <summary>Whether two messages are equal but for the price that both set, in the same place.</summary>
    internal static bool IsSameButForPrice(SolanaMessage message, SolanaMessage other)
    {
        if (message.Instructions.Length != other.Instructions.Length)
            return false;
        var (accounts, instructions) = (message.Accounts, message.Instructions);
        bool SetsPrice(CompiledInstruction i) => accounts[i.Program] == ProgramIds.ComputeBudget && i.Data.Span is [PriceTag, _, _, _, _, _, _, _, _];
        var repriced = instructions.Zip(other.Instructions, (mine, its) => SetsPrice(mine) && its.Data.Length == mine.Data.Length && its.Data.Span[0] == PriceTag
            ? mine with { Data = its.Data }
            : mine);
        return new SolanaMessage(message.Version, message.RequiredSignatures, message.ReadOnlySigned, message.ReadOnlyUnsigned,
            accounts, message.Blockhash, [.. repriced], message.Lookups).Equals(other);
    }

    /// <summary>
    /// Lamports that a message costs at most: 5,000 for a signature, and the units it may use times their price, rounded
    /// up. Exact where the message sets a limit, since units not used are paid for too. Where it sets none: the larger of
    /// what the rules before and after SIMD-0170 give.
    /// </summary>
    /// <exception cref="FormatException">As <see cref="Of"/>.</exception>
    public static Amount MaxFee(SolanaMessage message)
    {
        var budget = Of(message);
        var (signatures, units) = ((ulong)message.RequiredSignatures, 0u);
        foreach (ref readonly var instruction in message.Instructions.AsSpan())
        {
            var program = message.Accounts[instruction.Program];
            units += program == ProgramIds.ComputeBudget ? BuiltInUnits : DefaultUnits;
            if ((program == ProgramIds.Ed25519Check || program == ProgramIds.Secp256k1Check || program == ProgramIds.Secp256r1Check) && !instruction.Data.IsEmpty)
                signatures += instruction.Data.Span[0];
        }
        var priority = ((UInt128)budget.UnitPrice * Math.Min(budget.UnitLimit ?? units, MaxUnits) + (MicroLamportsPerLamport - 1)) / MicroLamportsPerLamport;
        return UInt128.Min(priority, ulong.MaxValue) + (signatures * LamportsPerSignature);
    }
}
