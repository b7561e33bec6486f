System.Console.WriteLine("pystate");
