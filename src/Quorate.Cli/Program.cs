Console.Error.WriteLine("quorate: nothing to run yet");
return 1;
