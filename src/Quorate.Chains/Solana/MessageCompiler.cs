using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Quorate.Chains.Solana;

/// <summary>Puts instructions into a message: lists every account once, with the most that any instruction needs of it.</summary>
static class MessageCompiler
{
    internal static SolanaMessage Compile(
        SolanaMessageVersion version, SolanaAddress payer, Blockhash blockhash, ReadOnlySpan<SolanaInstruction> instructions)
    {
        var found = new List<SolanaAccount>(16) { SolanaAccount.WritableSigner(payer) };
        foreach (var instruction in instructions)
        {
            Add(found, SolanaAccount.ReadOnly(instruction.Program));
            foreach (var account in instruction.Accounts)
                Add(found, account);
        }
        if (found.Count * SolanaAddress.Size > SolanaMessage.MaxTransactionSize)
            throw new ArgumentException($"{found.Count} accounts, which fit into no transaction of {SolanaMessage.MaxTransactionSize} bytes.", nameof(instructions));

        var accounts = ImmutableArray.CreateBuilder<SolanaAddress>(found.Count);
        Span<int> ends = stackalloc int[4];
        for (var group = 0; group < ends.Length; group++)
        {
            foreach (var account in CollectionsMarshal.AsSpan(found))
            {
                if (GroupOf(account) == group)
                    accounts.Add(account.Address);
            }
            ends[group] = accounts.Count;
        }
        var ordered = accounts.MoveToImmutable();
        var compiled = ImmutableArray.CreateBuilder<CompiledInstruction>(instructions.Length);
        foreach (var instruction in instructions)
        {
            var places = new byte[instruction.Accounts.Length];
            for (var i = 0; i < places.Length; i++)
                places[i] = (byte)ordered.IndexOf(instruction.Accounts[i].Address);
            compiled.Add(new((byte)ordered.IndexOf(instruction.Program), places, instruction.Data));
        }
        return SolanaMessage.Create(
            version, (byte)ends[1], (byte)(ends[1] - ends[0]), (byte)(ends[3] - ends[2]), ordered, blockhash, compiled.MoveToImmutable());
    }

    static int GroupOf(SolanaAccount account) => (account.IsSigner ? 0 : 2) + (account.IsWritable ? 0 : 1);

    static void Add(List<SolanaAccount> found, SolanaAccount account)
    {
        foreach (ref var known in CollectionsMarshal.AsSpan(found))
        {
            if (known.Address == account.Address)
            {
                known = new(known.Address, known.IsSigner || account.IsSigner, known.IsWritable || account.IsWritable);
                return;
            }
        }
        found.Add(account);
    }
}
