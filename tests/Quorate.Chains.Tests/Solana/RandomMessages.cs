using Quorate.Chains.Solana;
using Quorate.Chains.Solana.Programs;

namespace Quorate.Chains.Tests.Solana;

/// <summary>Valid messages of all shapes: any instructions, and those of the programs that are understood.</summary>
static class RandomMessages
{
    static readonly int[] dataSizes = [0, 1, 4, 12, 127, 128, 129, 300];
    static readonly ulong[] amounts = [0, 1, 255, 256, uint.MaxValue, 1_000_000_000, ulong.MaxValue - 1, ulong.MaxValue];

    internal static ulong Amount(SolanaScene scene) =>
        scene.Below(2) == 0 ? amounts[scene.Below(amounts.Length)] : BitConverter.ToUInt64(scene.Bytes(8));

    /// <summary>Instructions of any program over a few accounts, and the message of them.</summary>
    internal static (SolanaMessageVersion Version, SolanaAddress Payer, Blockhash Blockhash, SolanaInstruction[] Instructions) Parts(SolanaScene scene)
    {
        while (true)
        {
            var pool = Enumerable.Range(0, 2 + scene.Below(10)).Select(_ => scene.Any()).ToArray();
            var programs = Enumerable.Range(0, 1 + scene.Below(3)).Select(_ => scene.Any()).ToArray();
            var instructions = Enumerable.Range(0, scene.Below(6)).Select(_ => new SolanaInstruction(
                programs[scene.Below(programs.Length)],
                [.. Enumerable.Range(0, scene.Below(7)).Select(_ => new SolanaAccount(pool[scene.Below(pool.Length)], scene.Below(4) == 0, scene.Below(2) == 0))],
                scene.Bytes(dataSizes[scene.Below(dataSizes.Length)]))).ToArray();
            var version = scene.Below(2) == 0 ? SolanaMessageVersion.Legacy : SolanaMessageVersion.V0;
            var payer = scene.Below(3) == 0 ? pool[0] : scene.Any();
            var hash = scene.Hash();
            try
            {
                SolanaMessage.Compile(version, payer, hash, instructions);
                return (version, payer, hash, instructions);
            }
            catch (ArgumentException)
            {
                // Too large for a packet: another one.
            }
        }
    }

    internal static SolanaMessage Next(SolanaScene scene)
    {
        var (version, payer, hash, instructions) = Parts(scene);
        var message = SolanaMessage.Compile(version, payer, hash, instructions);
        return version == SolanaMessageVersion.Legacy || scene.Below(2) == 0 ? message : WithLookups(scene, message);
    }

    /// <summary>One of every instruction that is modelled, signed by the scene's wallet where it pays.</summary>
    internal static SolanaInstruction Known(SolanaScene s, int kind)
    {
        var (amount, me, any) = (Amount(s), s.Me, s.Any());
        var (program, mint) = s.Below(2) == 0 ? (ProgramIds.Token, s.Mint) : (ProgramIds.Token2022, s.Mint2022);
        var (mine, theirs) = (s.Account(me, mint), s.Below(2) == 0 ? s.Account(s.Other, mint) : any);
        return kind switch
        {
            0 => SystemProgram.Transfer(me, any, amount),
            1 => SystemProgram.CreateAccount(me, s.Other, amount, (ulong)s.Below(200), s.Below(2) == 0 ? program : any),
            2 => SystemProgram.CreateAccountWithSeed(me, s.Below(2) == 0 ? me : s.Other, "seed", amount, (ulong)s.Below(2) * 80, s.Below(2) == 0 ? ProgramIds.System : any),
            3 => SystemProgram.InitializeNonce(any, s.Other),
            4 => SystemProgram.AdvanceNonce(any, me),
            5 => SystemProgram.WithdrawNonce(any, s.Any(), amount, me),
            6 => SystemProgram.AuthorizeNonce(any, me, s.Any()),
            7 => AssociatedTokenProgram.Create(me, s.Other, mint, program),
            8 => AssociatedTokenProgram.CreateIdempotent(me, s.Other, mint, program),
            9 => TokenProgram.TransferChecked(program, mine, mint, theirs, me, amount, 9),
            10 => TokenProgram.TransferCheckedWithFee(s.Account(me, s.Mint2022), s.Mint2022, theirs, me, ulong.MaxValue, 9, amount),
            11 => TokenProgram.ApproveChecked(program, mine, mint, any, me, amount, 9),
            12 => TokenProgram.Revoke(program, mine, me),
            13 => TokenProgram.SetAuthority(program, mine, me, (TokenAuthority)s.Below(4), s.Below(2) == 0 ? any : null),
            14 => TokenProgram.MintToChecked(program, mint, theirs, me, amount, 9),
            15 => TokenProgram.BurnChecked(program, mine, mint, me, amount, 9),
            16 => TokenProgram.CloseAccount(program, mine, s.Below(2) == 0 ? me : any, me),
            17 => TokenProgram.SyncNative(program, mine),
            18 => TokenProgram.InitializeAccount3(program, s.Other, mint, any),
            19 => MemoProgram.Publish("memo"),
            20 => ComputeBudget.SetUnitLimit(200_000),
            21 => ComputeBudget.SetUnitPrice(amount),
            _ => new(s.Any(), [SolanaAccount.Writable(any)], s.Bytes(9)),
        };
    }

    internal const int Kinds = 23;

    static SolanaMessage WithLookups(SolanaScene scene, SolanaMessage m)
    {
        try
        {
            return SolanaMessage.Create(
                m.Version, m.RequiredSignatures, m.ReadOnlySigned, m.ReadOnlyUnsigned, m.Accounts, m.Blockhash, m.Instructions,
                [.. Enumerable.Range(0, 1 + scene.Below(2)).Select(_ => new TableLookup(scene.Any(), scene.Bytes(1 + scene.Below(3)), scene.Bytes(scene.Below(3))))]);
        }
        catch (ArgumentException)
        {
            return m;
        }
    }
}
